//! Orders of Beide, who buys from Freelancer and works for Klant, and of Ander, who shares no order with them.

use crate::demo::Someone::{Ander, Beide, Buur, Freelancer as TheFreelancer, Klant};
use crate::demo::story::Deed::{
    Accepts, Approves, AsksForChange, AsksForUpdate, AsksToCancel, Comments, Delivers, GivesUpdate,
};
use crate::demo::story::{Story, order};
use crate::demo::when::{ago, day};
use crate::domain::Party::{Customer, Freelancer};
use crate::domain::Reason::{Other, TooLate};

pub(super) const STORIES: &[Story] = &[
    // Beide is the customer.
    order("Ondertiteling van drie instructievideo's", 22_500, day(9, 9, 25), 4).between(Beide, TheFreelancer).then(&[
        (
            ago(18, 20),
            Customer,
            AsksForUpdate("Hoi Daan, volgende week is de training. Kun je laten weten welke video's al klaar zijn?"),
        ),
    ]),
    order("Landingspagina voor een online cursus", 48_000, day(5, 15, 48), 9).between(Beide, TheFreelancer).then(&[
        (
            ago(50, 10),
            Freelancer,
            AsksForChange(
                3,
                &[("Aanmeldformulier met bevestigingsmail", 9_500)],
                "Het formulier waar je over begon, past er goed bij. Ik heb er drie dagen extra voor nodig.",
            ),
        ),
        (ago(28, 35), Customer, Comments("Kan het formulier ook mensen op een wachtlijst zetten?")),
    ]),
    order("Urendashboard in Excel", 18_500, day(2, 10, 4), 15).between(Beide, TheFreelancer),
    order("Profielfoto's voor een team van zes", 39_000, day(32, 13, 51), -13)
        .between(Beide, TheFreelancer)
        .then(&[(day(18, 12, 30), Freelancer, Delivers), (day(17, 10, 9), Customer, Approves)]),
    // Beide is the freelancer.
    order("Vier edities van een wekelijkse nieuwsbrief", 34_000, day(20, 11, 32), -1).between(Klant, Beide).then(&[(
        ago(9, 45),
        Customer,
        AsksToCancel(
            TooLate,
            "De derde editie had gisteren de deur uit gemoeten. Nu de week voorbij is, heeft hij geen zin meer.",
        ),
    )]),
    order("Interieuradvies voor een praktijkruimte", 56_000, day(4, 14, 27), 12).between(Klant, Beide).then(&[(
        ago(31, 5),
        Freelancer,
        AsksForChange(
            6,
            &[],
            "De leverancier van de akoestische panelen antwoordt pas volgende week. Met zes dagen extra kan ik je een \
             compleet advies geven.",
        ),
    )]),
    order("Redactie van een jaarverslag, 36 pagina's", 72_000, day(22, 9, 58), 2).between(Klant, Beide).then(&[
        (
            day(6, 16, 8),
            Customer,
            AsksForUpdate("Ligt het hoofdstuk over de cijfers al bij je? De directie vraagt ernaar."),
        ),
        (day(5, 9, 40), Freelancer, GivesUpdate("Ja, dat heb ik gisteren afgerond. Alleen het voorwoord moet nog.")),
        (ago(20, 50), Freelancer, Delivers),
    ]),
    order("Ontwerp van een beursstand in Den Bosch", 88_000, day(37, 15, 16), -7).between(Klant, Beide).then(&[
        (
            day(23, 11, 8),
            Customer,
            AsksToCancel(Other, "De organisatie heeft de beurs afgelast, er komt dit jaar geen nieuwe datum."),
        ),
        (day(22, 9, 44), Freelancer, Comments("Wat een pech! Ik had er juist zin in. Geen probleem.")),
        (day(22, 9, 46), Freelancer, Accepts),
    ]),
    // Ander and the neighbour keep to themselves.
    order("Geboortekaartje met aquarel", 16_500, day(9, 20, 33), 14).between(Ander, Buur),
    order("Sollicitatiebrief nakijken", 4_500, day(4, 19, 22), 1).between(Buur, Ander).then(&[(
        ago(16, 25),
        Freelancer,
        Delivers,
    )]),
    order("Stamboom uitzoeken, drie generaties", 26_000, day(35, 10, 41), -3).between(Ander, Buur).then(&[
        (day(13, 20, 2), Customer, AsksForUpdate("Ben je in het archief in Middelburg nog iets tegengekomen?")),
        (day(12, 13, 18), Freelancer, GivesUpdate("Ja! Twee akten die we nog niet hadden. Ik werk ze deze week uit.")),
        (day(7, 11, 55), Freelancer, Delivers),
        (day(6, 9, 31), Customer, Approves),
    ]),
];
