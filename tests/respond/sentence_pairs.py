"""Made sentences and the quotations that they were made of, for `verify.supported`."""

# What a language model could make of a quotation, and says something else: (sentence, quotation).
UNFAITHFUL = {
    # parts, controls and lamps
    "a part takes another's verb": (
        "The handbrake must be pressed.",
        "The handbrake must be released and the brake pedal pressed.",
    ),
    "a part takes another's place": (
        "The jack is beside the fuse box.",
        "The jack is under the floor, and the pump is beside the fuse box.",
    ),
    "a part is lost from a list": (
        "Check the oil and the brake fluid.",
        "Check the oil, the coolant and the brake fluid.",
    ),
    "half of a name is lost": (
        "The brake fluid lamp means danger.",
        "The electric parking brake fluid lamp means danger.",
    ),
    "a control is lost": (
        "Press the pedal to start the engine.",
        "Press the pedal and the START button to start the engine.",
    ),
    "parts exchanged": (
        "Fit the cover, then the filter.",
        "Fit the filter, then the cover.",
    ),
    "a button's name in other letters": ("Hold the set button down.", "Hold the SET button down."),
    "the owner of a part is lost": (
        "The battery must be charged.",
        "The battery of the key must be charged.",
    ),
    "another alphabet between": (
        "The jack is under the дом floor.",
        "The jack is under the floor.",
    ),
    # sides and places
    "left is lost": (
        "The lever on the side opens the bonnet.",
        "The lever on the left side opens the bonnet.",
    ),
    "right for left in the middle": (
        "The fuse box is on the right of the pedals.",
        "The fuse box is on the left of the pedals.",
    ),
    "front is lost": ("The tyres need 2.4 bar.", "The front tyres need 2.4 bar."),
    "rear is joined to the front": (
        "The front and rear seats are heated.",
        "The front seats are heated.",
    ),
    "upper is lost": (
        "Fill to the mark of the tank.",
        "Fill to the upper mark of the tank.",
    ),
    "one of both": ("Fold the mirror in by hand.", "Fold both mirrors in by hand."),
    "inside for outside": (
        "The handle inside opens the door.",
        "The handle outside opens the door.",
    ),
    # lamps
    "a colour is lost": (
        "The lamp means that you must stop.",
        "The red lamp means that you must stop.",
    ),
    "colours exchanged": (
        "The red lamp asks you to check the oil, the amber lamp to stop.",
        "The amber lamp asks you to check the oil, the red lamp to stop.",
    ),
    "flashing is lost": ("The lamp warns of a fault.", "The flashing lamp warns of a fault."),
    "steady for flashing": (
        "A steady light means a fault.",
        "A flashing light means a fault.",
    ),
    "the colour of a clause that only adds": (
        "The lamp means a fault.",
        "The lamp, which is red, means a fault.",
    ),
    # figures and units
    "a range becomes two figures": (
        "It takes 5, 10 minutes in all.",
        "It takes 5 to 10 minutes in all.",
    ),
    "a range loses its end": ("It takes 5 minutes in all.", "It takes 5 to 10 minutes in all."),
    "a range with a dash becomes two figures": (
        "Use 2.4 2.6 bar for this.",
        "Use 2.4–2.6 bar for this.",
    ),
    "figures exchanged": (
        "The front needs 2.9 bar and the rear 2.4 bar.",
        "The front needs 2.4 bar and the rear 2.9 bar.",
    ),
    "a unit in other letters": ("It gives 5 MW at most.", "It gives 5 mW at most."),
    "an ampere becomes an article": ("The fuse has 30 in it.", "The fuse has 30 A in it."),
    "the unit of one of two": (
        "Use 2.4 bar or 35 here.",
        "Use 2.4 bar or 35 psi here.",
    ),
    "a tolerance is lost": ("Set it to 5 mm exactly.", "Set it to ±5 mm exactly."),
    "a relation is lost": ("The tread is 3 mm deep.", "The tread is ≥ 3 mm deep."),
    "a sign is lost": ("It works down to 20 °C.", "It works down to -20 °C."),
    "per cent is lost": ("Charge it to 80 at home.", "Charge it to 80 % at home."),
    "per hour is lost": ("Drive at 80 km at most.", "Drive at 80 km/h at most."),
    "a number word is lost": (
        "Press the button and hold it.",
        "Press the button twice and hold it.",
    ),
    "a number word changed": (
        "Wait three minutes before that.",
        "Wait two minutes before that.",
    ),
    "a thousand in another place": ("It is due at 1.500 km.", "It is due at 15,000 km."),
    # limits
    "at least for at most": (
        "The load is at least 75 kg.",
        "The load is at most 75 kg.",
    ),
    "at least is lost": ("Leave 10 cm of room.", "Leave at least 10 cm of room."),
    "about is lost": ("It lasts 20 minutes then.", "It lasts about 20 minutes then."),
    "below for above": ("It works below 40 km/h.", "It works above 40 km/h."),
    "not more than loses its not": (
        "Load more than 75 kg.",
        "Load not more than 75 kg.",
    ),
    # conditions
    "only is lost": ("Tow the car with a bar.", "Tow the car only with a bar."),
    "only moves": (
        "Only the jack lifts the car at the marks.",
        "The jack lifts the car only at the marks.",
    ),
    "one of two conditions is lost": (
        "Open it if the engine is cold.",
        "Open it if the engine is cold and if the cap is cold.",
    ),
    "a condition at the beginning": ("Use oil of grade A.", "In winter, use oil of grade A."),
    "a condition of the trim": (
        "The seats are heated.",
        "On the Plus, the seats are heated.",
    ),
    "a condition at the end": (
        "The tailgate opens by itself.",
        "The tailgate opens by itself, on the Plus only.",
    ),
    "unless is lost": (
        "Do not tow the car.",
        "Do not tow the car unless the gear is in N.",
    ),
    "until is lost": ("Keep the engine running.", "Keep the engine running until it is warm."),
    "a condition becomes the other clause's": (
        "Stop the engine, if it is hot do not open the cap.",
        "Stop the engine if it is hot, do not open the cap.",
    ),
    "except is lost": (
        "All windows open by remote control.",
        "All windows except the rear ones open by remote control.",
    ),
    "usually is lost": ("The fan stops after this.", "The fan usually stops after this."),
    # negations
    "never is lost": (
        "Open the cap of the hot tank.",
        "Never open the cap of the hot tank.",
    ),
    "a second negation is lost": (
        "Do not tow it, lift it at the back.",
        "Do not tow it, do not lift it at the back.",
    ),
    "a negation moves": (
        "The lamp does not light, the engine runs.",
        "The lamp lights, the engine does not run.",
    ),
    "no moves to another part": (
        "The Plus has no spare wheel, the Base has a kit.",
        "The Plus has a spare wheel, the Base has no kit.",
    ),
    "a negation takes the next clause in": (
        "Do not stop the engine and drive slowly.",
        "Do not stop the engine, and drive slowly.",
    ),
    "without becomes with": (
        "Drive with a trailer in this mode.",
        "Drive without a trailer in this mode.",
    ),
    # duties
    "may for must": ("You may switch it off.", "You must switch it off."),
    "must for may": ("It must be switched off.", "It may be switched off."),
    "must is lost": ("The cap is tightened.", "The cap must be tightened."),
    "not having to becomes not doing": (
        "You do not stop for that.",
        "You do not have to stop for that.",
    ),
    "doing becomes having to": (
        "You have to stop for that.",
        "You stop for that.",
    ),
    "should becomes a fact": ("The belt is worn low.", "The belt should be worn low."),
    "can becomes a fact": ("The bag burns your skin.", "The bag can burn your skin."),
    # steps and time
    "a step is lost": (
        "Switch the engine off and open the cap.",
        "Switch the engine off, let it cool down and open the cap.",
    ),
    "the last step is lost": (
        "Loosen the nuts and lift the car.",
        "Loosen the nuts and lift the car, then take the wheel off.",
    ),
    "the first step is lost": (
        "Open the cap of the tank.",
        "Let the engine cool down, then open the cap of the tank.",
    ),
    "steps exchanged": (
        "Open the cap, switch the engine off.",
        "Switch the engine off, open the cap.",
    ),
    "the sentence that tells how is lost": (
        "You can save the charge for later.",
        "You can save the charge for later. Touch Vehicle, then Drive.",
    ),
    "before for after": (
        "Check the oil after you start the engine.",
        "Check the oil before you start the engine.",
    ),
    "then is lost": ("Press it, hold it.", "Press it, then hold it."),
    "the state changes": (
        "The battery is charged by then.",
        "The battery is charging by then.",
    ),
    # other things
    "a question": ("Do you press the button? Yes.", "You press the button."),
    "goes on with words of its own": (
        "The jack is under the floor. Call us.",
        "The jack is under the floor.",
    ),
    "says it twice": (
        "The jack is under the floor. The jack is under the floor.",
        "The jack is under the floor.",
    ),
    "a clause that adds holds a condition": (
        "The tank must be filled.",
        "The tank, which is sealed when hot, must be filled.",
    ),
    "a reason holds a prohibition": (
        "Lift the car at the marks.",
        "Lift the car at the marks, because it must not stand on the sill.",
    ),
    "brackets hold a figure": (
        "Fill in oil of this kind.",
        "Fill in oil (4.2 litres) of this kind.",
    ),
    "marks of a chat": (
        "The jack is under the <|im_end|> floor.",
        "The jack is under the floor.",
    ),
}

# What may be left out or put in: (sentence, quotation).
FAITHFUL = [
    ("The jack is under the floor.", "The jack lies under the floor."),
    ("Jack is located under floor.", "The jack is under the floor."),
    ("Tyres need 2.4 bar.", "The tyres need 2.4 bar."),
    (
        "Brake fluid must be renewed every 2 years.",
        "Brake fluid must be renewed every 2 years, because it takes up water.",
    ),
    (
        "The handbrake is released by itself.",
        "The handbrake, which is electric, is released by itself.",
    ),
    (
        "You can save the charge for later.",
        "You can save the charge for later, for instance for a town.",
    ),
    ("Use the hook to tow the car.", "Use the hook (see the picture) to tow the car."),
    (
        "Do not drive faster than 80 km/h, inflate to 4.2 bar.",
        "Do not drive faster than 80 km/h, and inflate it to 4.2 bar.",
    ),
    ("It takes 5 to 10 minutes.", "It takes 5 to 10 minutes."),
    ("You have to press the START button.", "You have to press the START button."),
    ("Say “Help” to the assistant.", 'Say "Help" to the assistant.'),
    ("Use 0W-20 or 5W-30 oil.", "Use 0W-20 or 5W-30 oil."),
]
