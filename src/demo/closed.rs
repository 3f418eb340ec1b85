//! Klant and Freelancer: closed orders, one for every way an order can end.

use crate::demo::story::Deed::{
    Accepts, Approves, AsksForChange, AsksForRevision, AsksForUpdate, AsksToCancel, Comments, Declines, Delivers,
    GivesUpdate, Withdraws,
};
use crate::demo::story::{Story, order};
use crate::demo::when::day;
use crate::domain::Party::{Customer, Freelancer};
use crate::domain::Reason::{CustomerUnresponsive, FreelancerUnresponsive, OrderedByMistake, OutOfScope, Personal};

pub(super) const STORIES: &[Story] = &[
    order("Bedrijfsvideo van twee minuten", 95_000, day(44, 9, 47), -16).then(&[
        (
            day(33, 10, 13),
            Freelancer,
            AsksForChange(
                0,
                &[("Ondertiteling in het Engels", 11_000), ("Versie zonder tekst voor de beurs", 4_950)],
                "Na de draaidag vroeg je om deze twee extra's. De leverdatum blijft gewoon staan.",
            ),
        ),
        (day(32, 8, 59), Customer, Accepts),
        (day(19, 15, 4), Freelancer, Delivers),
        (day(18, 11, 42), Customer, AsksForRevision("In de Engelse ondertitels staat onze naam nog met een typefout.")),
        (day(18, 16, 36), Freelancer, Delivers),
        (day(17, 9, 8), Customer, Approves),
    ]),
    // Delivered and never opened: completed by itself after three days.
    order("Cv en LinkedIn-profiel herschrijven", 14_500, day(29, 20, 18), -12).then(&[(
        day(13, 17, 53),
        Freelancer,
        Delivers,
    )]),
    order("Flyers voor een buurtfeest", 9_500, day(11, 12, 44), -1).then(&[
        (day(6, 19, 26), Customer, AsksForUpdate("Lukt het om de flyer deze week te laten zien? De drukker wacht.")),
        (day(6, 19, 58), Customer, Withdraws),
        (day(4, 9, 33), Freelancer, Delivers),
        (day(3, 18, 5), Customer, Approves),
    ]),
    order("Ontwerp voor visitekaartjes, dubbelzijdig", 8_500, day(4, 21, 39), 12).then(&[
        (
            day(4, 21, 51),
            Customer,
            AsksToCancel(OrderedByMistake, "Ik heb twee keer op bestellen geklikt. Deze mag weg, de andere blijft!"),
        ),
        (day(3, 8, 27), Freelancer, Accepts),
    ]),
    order("Fotoreportage van een jubileum in Utrecht", 69_500, day(34, 14, 25), -8).then(&[
        // A freelancer may leave out the explanation.
        (day(20, 9, 36), Freelancer, AsksToCancel(Personal, "")),
        (
            day(20, 12, 3),
            Customer,
            Comments("Wat vervelend, ik hoop dat het meevalt. Natuurlijk is dat goed. Sterkte!"),
        ),
        (day(20, 12, 5), Customer, Accepts),
    ]),
    order("Nieuwsbriefsjabloon voor Mailchimp", 24_000, day(36, 11, 11), -14).then(&[
        (
            day(26, 16, 17),
            Freelancer,
            AsksToCancel(
                OutOfScope,
                "Inmiddels gaat het om vier sjablonen in plaats van één. Daar is de prijs niet op gemaakt, dus ik \
                 stop liever.",
            ),
        ),
        (day(25, 10, 48), Customer, Declines("")),
        (day(16, 13, 29), Freelancer, Delivers),
        (day(15, 15, 51), Customer, Approves),
    ]),
    order("Chatbot voor een klantenportaal", 82_000, day(39, 9, 55), -11).then(&[
        (
            day(24, 10, 20),
            Customer,
            AsksForUpdate("Hoe staat het met de koppeling? Ik heb al twee weken niets gehoord."),
        ),
        // Lapsed; then a request to cancel lapsed too: cancelled by silence.
        (
            day(21, 9, 6),
            Customer,
            AsksToCancel(
                FreelancerUnresponsive,
                "Op mijn vraag om een update kwam geen antwoord en bellen lukt ook niet. Ik ga op zoek naar iemand \
                 anders.",
            ),
        ),
    ]),
    order("Menukaart voor een lunchroom", 21_000, day(30, 10, 37), -6).then(&[
        (
            day(12, 14, 14),
            Freelancer,
            AsksToCancel(CustomerUnresponsive, "Ik vraag nu voor de derde keer om de gerechten, maar hoor niets."),
        ),
        (day(11, 9, 49), Freelancer, Comments("Mocht je er toch nog mee verder willen, laat het dan vandaag weten.")),
    ]),
    order("Jingle voor een lokale omroep", 31_500, day(41, 16, 2), -18).then(&[
        (
            day(27, 11, 24),
            Freelancer,
            AsksForChange(0, &[("Inspreken door een tweede stem", 9_000)], "Met twee stemmen komt de grap beter over."),
        ),
        (day(26, 17, 31), Customer, Declines("")),
        (day(21, 10, 58), Freelancer, Delivers),
        (day(20, 9, 17), Customer, Approves),
    ]),
    order("Verhuizing van een WordPress-site", 19_500, day(28, 13, 13), -9)
        .then(&[
            (
                day(15, 9, 29),
                Customer,
                AsksForUpdate("De site is al twee dagen niet bereikbaar. Wat is er aan de hand?"),
            ),
            (
                day(15, 10, 52),
                Freelancer,
                GivesUpdate(
                    "De oude hostingpartij geeft het domein niet vrij. Ik heb ze gevraagd dat vandaag te doen.",
                ),
            ),
        ])
        .cancelled(day(10, 15, 30)),
];
