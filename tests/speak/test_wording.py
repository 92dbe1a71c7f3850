"""The wording of an answer: what is written, and what a person would say."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.speak.units import UNITS
from assistant.speak.wording import spoken

CASES = [
    # numbers
    ("Wait 5 times.", "Wait five times."),
    ("1,250", "one thousand two hundred and fifty"),
    ("30\u202f000 km", "thirty thousand kilometres"),
    ("12,345.6 km", "twelve thousand three hundred and forty-five point six kilometres"),
    ("2.50 bar", "two point five zero bar"),
    ("0.05 mm", "zero point zero five millimetres"),
    ("007", "zero zero seven"),
    ("1234567890123", "one two three four five six seven eight nine zero one two three"),
    ("1st gear, 22nd, 3rd", "first gear, twenty-second, third"),
    ("1/2 full", "a half full"),
    ("2½ turns", "two and a half turns"),
    ("6,7", "six, seven"),
    # signs
    ("-7 °C", "minus seven degrees Celsius"),
    ("−7 °C", "minus seven degrees Celsius"),
    ("below +7 °C", "below plus seven degrees Celsius"),
    ("±0.2 bar", "plus or minus zero point two bar"),
    ("> 30 km/h", "more than thirty kilometres per hour"),
    ("≥ 1.6 mm", "at least one point six millimetres"),
    # units
    ("1 bar", "one bar"),
    ("2.4 bar", "two point four bar"),
    ("33 psi", "thirty-three P S I"),
    ("230 kPa", "two hundred and thirty kilopascals"),
    ("80 km/h", "eighty kilometres per hour"),
    ("50mph", "fifty miles per hour"),
    ("1 km", "one kilometre"),
    ("1.0 km", "one point zero kilometres"),
    ("0 km", "zero kilometres"),
    ("-1 °C", "minus one degree Celsius"),
    ("200 °F", "two hundred degrees Fahrenheit"),
    ("45°", "forty-five degrees"),
    ("15.2 kWh", "fifteen point two kilowatt hours"),
    ("7.4 kW", "seven point four kilowatts"),
    ("13.5 kWh/100 km", "thirteen point five kilowatt hours per hundred kilometres"),
    ("5.1 l/100km", "five point one litres per hundred kilometres"),
    ("120 g/km", "one hundred and twenty grams per kilometre"),
    ("230 V", "two hundred and thirty volts"),
    ("40 A", "forty amps"),
    ("60 Ah", "sixty amp hours"),
    ("10 %", "ten per cent"),
    ("100%", "one hundred per cent"),
    ("4.3 l", "four point three litres"),
    ("1 litre", "one litre"),
    ("5 mm", "five millimetres"),
    ("15 cm", "fifteen centimetres"),
    ("16 mm²", "sixteen square millimetres"),
    ("3 m", "three metres"),
    ("110 Nm", "one hundred and ten newton metres"),
    ("1 kg", "one kilogram"),
    ("560 g", "five hundred and sixty grams"),
    ("3000 rpm", "three thousand R P M"),
    ("5 min", "five minutes"),
    ("1 h 30 min", "one hour thirty minutes"),
    ("55 W", "fifty-five watts"),
    ("433 MHz", "four hundred and thirty-three megahertz"),
    ("70 dB(A)", "seventy decibels"),
    ("a speed in km/h", "a speed in kilometres per hour"),
    # a unit before a thing
    ("a 12 V battery", "a twelve volt battery"),
    ("a 30 A fuse", "a thirty amp fuse"),
    ("32 mm socket", "thirty-two millimetre socket"),
    ("the 12-volt battery", "the twelve-volt battery"),
    ("a 17-inch wheel", "a seventeen-inch wheel"),
    # ranges and pairs
    ("85 to 105 °C", "eighty-five to one hundred and five degrees Celsius"),
    ("85–105 °C", "eighty-five to one hundred and five degrees Celsius"),
    ("5-8 km", "five to eight kilometres"),
    ("2.4/2.3 bar", "two point four and two point three bar"),
    ("front/rear 33/36 psi", "front rear thirty-three and thirty-six P S I"),
    # names
    ("215/60 R17 96H", "two fifteen sixty R seventeen ninety-six H"),
    ("205/55R16", "two oh five fifty-five R sixteen"),
    ("SAE 0W-20", "S ay E zero W twenty"),
    ("DOT 4", "dot four"),
    ("R-1234yf", "R twelve thirty-four Y F"),
    ("R-134a", "R one thirty-four ay"),
    ("fuse F12", "fuse F twelve"),
    ("a W5W bulb", "a W five W bulb"),
    ("CR2032", "C R twenty thirty-two"),
    ("P0301", "P zero three zero one"),
    ("P0A78 is stored", "P zero ay seven eight is stored"),
    ("U0121", "U zero one two one"),
    ("95 RON", "ninety-five R O N"),
    ("6.5J x 17", "six point five J by seventeen"),
    ("CO2", "C O two"),
    # where in the manual
    ("see section 11.3", "see section eleven point three"),
    ("Section 11.10 says", "Section eleven point ten says"),
    ("see 5.10 Bonnet", "see five point ten Bonnet"),
    ("See 3.4.", "See three point four."),
    ("version 1.2.3", "version one point two point three"),
    # years, times, dates, telephone numbers
    ("in 2024", "in twenty twenty-four"),
    ("since 1998", "since nineteen ninety-eight"),
    ("of 2005", "of two thousand and five"),
    ("from 2000 cycles", "from two thousand cycles"),
    ("at 14:30", "at fourteen thirty"),
    ("at 8:05", "at eight oh five"),
    ("at 12:00", "at twelve o'clock"),
    ("2026-11-23", "the twenty-third of November twenty twenty-six"),
    ("Call 112 now.", "Call one one two now."),
    ("on 112 and sends", "on one one two and sends"),
    ("The number is 911.", "The number is nine one one."),
    ("on 112 journeys", "on one hundred and twelve journeys"),
    ("It is 112 km.", "It is one hundred and twelve kilometres."),
    ("on page 112", "on page one hundred and twelve"),
    # names that are made of letters and numbers
    ("T125/80 R17", "T one twenty-five eighty R seventeen"),
    ("FAT32, AAC", "fat thirty-two, ay ay C"),
    ("2 x USB-C, 27 W each", "two U S B C, twenty-seven watts each"),
    ("PY21W (amber): 21 W", "P Y twenty-one W, amber: twenty-one watts"),
    ("in kWh/100 km", "in kilowatt hours per hundred kilometres"),
    # abbreviations
    ("The ABS lamp", "The ay B S lamp"),
    ("ESC, VIN, SOS", "E S C, V I N, S O S"),
    ("a USB-C port, LEDs", "a U S B C port, L E Ds"),
    ("AC/DC", "ay C D C"),
    ("the ISOFIX anchors", "the isofix anchors"),
    ("the AUTO HOLD lamp", "the auto hold lamp"),
    ("e.g. rain", "for example rain"),
    ("i.e. now", "that is now"),
    ("approx. 5 min", "approximately five minutes"),
    ("max. 80 km/h", "maximum eighty kilometres per hour"),
    ("min. 5 bar", "minimum five bar"),
    ("Wait 5 min. Then go.", "Wait five minutes. Then go."),
    ("No. 12", "number twelve"),
    ("oil etc. and", "oil and so on and"),
    # mark-up and marks
    ("**Stop** the `car`.", "Stop the car."),
    ("1. Select P.\n2. Wait 10 s", "one. Select P. two. Wait ten seconds"),
    ("| Cap | 25 | 32 mm |", "Cap, twenty-five, thirty-two millimetres"),
    ("103.5% (see 3.4).", "one hundred and three point five per cent, see three point four."),
    ("[[raw]] text", "raw, text"),
    ("on/off", "on off"),
    ("", ""),
    ("Nothing to change here.", "Nothing to change here."),
]


@pytest.mark.parametrize(("written", "said"), CASES)
def test_a_text_is_said_as_a_person_would(written: str, said: str) -> None:
    assert spoken(written) == said


TEENS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
ONES = list(re.findall(r"\w+", TEENS))
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def number_of(words: str) -> str:
    """What a person would write down on hearing it; shares no code with the wording."""
    before, _, after = words.partition(" point ")
    total = current = 0
    for word in re.split(r"[\s-]+", before):
        if word == "and":
            continue
        if word in ONES:
            current += ONES.index(word)
        elif word in TENS:
            current += 10 * TENS.index(word)
        elif word == "hundred":
            current *= 100
        else:
            total += current * {"thousand": 1000, "million": 10**6}[word]
            current = 0
    decimals = "".join(str(ONES.index(word)) for word in after.split())
    return f"{total + current}" + (f".{decimals}" if decimals else "")


NUMBERS = st.one_of(
    st.integers(0, 9_999_999).map(str),
    st.from_regex(r"(0|[1-9][0-9]{0,5})\.[0-9]{1,3}", fullmatch=True),
)


@given(number=NUMBERS, unit=st.sampled_from(sorted(UNITS)), thousands=st.booleans())
def test_a_quantity_can_be_written_down_again(number: str, unit: str, thousands: bool) -> None:
    written = number
    if thousands:
        whole, dot, decimals = number.partition(".")
        written = f"{int(whole):,}{dot}{decimals}"
    text = spoken(f"Take {written} {unit} then")
    name = UNITS[unit].one if number == "1" else UNITS[unit].many
    assert text.startswith("Take ")
    assert text.endswith(f" {name} then")
    assert number_of(text.removeprefix("Take ").removesuffix(f" {name} then")) == number


@given(st.text())
def test_any_text_is_worded_without_a_digit(text: str) -> None:
    said = spoken(text)
    assert not re.search(r"[0-9]", said)
    assert "[[" not in said
    assert "\n" not in said


@given(st.text(alphabet="0123456789 .,/-:+xRWA°C%()kmhV\n"))
def test_any_row_of_numbers_is_worded_without_a_digit(text: str) -> None:
    said = spoken(text)
    assert not re.search(r"[0-9]", said)
    assert bool(re.search(r"[0-9]", text)) <= bool(said)


@given(st.text(alphabet="abc ABC,."))
def test_a_text_of_words_keeps_its_letters(text: str) -> None:
    def letters(words: str) -> str:
        return re.sub(r"[^abcy]", "", words.lower()).replace("ay", "a")

    assert letters(spoken(text)) == letters(text)
