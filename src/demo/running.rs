//! Klant and Freelancer: orders in progress after a dispute or request.

use crate::demo::story::Deed::{
    Accepts, AsksForChange, AsksForRevision, AsksForUpdate, AsksToCancel, Comments, Declines, Delivers, GivesUpdate,
    Withdraws,
};
use crate::demo::story::{Story, order};
use crate::demo::when::day;
use crate::domain::Party::{Customer, Freelancer};
use crate::domain::Reason::{CannotDeliver, NoLongerNeeded, TooLate};

pub(super) const STORIES: &[Story] = &[
    // Late, and the request for an update lapsed.
    order("Podcastmontage, vier afleveringen", 36_000, day(24, 14, 9), -4).then(&[(
        day(6, 9, 3),
        Customer,
        AsksForUpdate("Hoi Daan, aflevering drie zou er vandaag zijn. Redden we de planning nog?"),
    )]),
    // Late in revision, and the request for more time lapsed.
    order("Brochure A5 voor een makelaarskantoor", 64_000, day(26, 11, 46), -2).then(&[
        (day(9, 16, 12), Freelancer, Delivers),
        (
            day(8, 9, 55),
            Customer,
            AsksForRevision("De plattegronden staan er te klein in. Kunnen ze over de volle breedte?"),
        ),
        (
            day(8, 15, 31),
            Freelancer,
            AsksForChange(4, &[], "Dan schuift de hele opmaak op. Ik vraag er liever vier dagen bij."),
        ),
    ]),
    order("Huisstijlhandboek voor een yogastudio", 58_000, day(10, 9, 19), 6).then(&[
        (day(7, 14, 40), Freelancer, Delivers),
        (
            day(6, 10, 28),
            Customer,
            AsksForRevision("Prachtig geworden. Wil je de voorbeelden voor Instagram nog vierkant maken?"),
        ),
        (
            day(5, 9, 12),
            Freelancer,
            AsksForChange(0, &[("Voorbeelden in vierkant formaat", 7_500)], "Dit zat niet in de opdracht, vandaar."),
        ),
        (day(5, 11, 37), Customer, Comments("In je offerte staat 'sociale media'. Daar hoort dit toch bij?")),
        (day(5, 12, 20), Freelancer, Withdraws),
    ]),
    order("Socialmediakalender voor een heel kwartaal", 29_500, day(12, 15, 33), 11).then(&[
        (
            day(8, 10, 44),
            Customer,
            AsksToCancel(
                NoLongerNeeded,
                "We krijgen een collega die dit zelf gaat doen. Mag ik de opdracht annuleren?",
            ),
        ),
        (
            day(7, 9, 21),
            Freelancer,
            Declines(
                "Gefeliciteerd met je nieuwe collega! De eerste twee maanden zijn al klaar, dus ik maak het liever \
                 af. Dan heeft je collega meteen een goed begin.",
            ),
        ),
    ]),
    order("Teksten voor de website van een hovenier", 33_000, day(13, 8, 52), 8).then(&[
        (
            day(9, 20, 6),
            Customer,
            AsksToCancel(TooLate, "Ik had vorige week al een eerste versie verwacht en zie nog niets."),
        ),
        (day(9, 20, 49), Freelancer, Comments("Die heb ik vrijdag gemaild! Misschien zit hij in je spam?")),
        (day(9, 21, 17), Customer, Withdraws),
    ]),
    order("Webshop in WooCommerce voor een theehandel", 189_000, day(27, 10, 31), 4).then(&[
        (
            day(16, 9, 27),
            Freelancer,
            AsksForChange(
                14,
                &[("Koppeling met de voorraad in de winkel", 24_000), ("Betalen met iDEAL", 12_500)],
                "Zoals besproken: met de voorraadkoppeling en iDEAL erbij heb ik twee weken extra nodig.",
            ),
        ),
        (day(14, 13, 58), Customer, Accepts),
    ]),
    order("Illustraties voor een prentenboek, twaalf platen", 144_000, day(23, 12, 7), 13).then(&[
        (
            day(10, 16, 45),
            Freelancer,
            AsksForChange(
                10,
                &[],
                "Plaat acht en negen kosten meer werk dan ik dacht. Kan ik tien dagen extra krijgen?",
            ),
        ),
        (
            day(9, 8, 34),
            Customer,
            Declines("Dat gaat helaas niet: de drukker staat vast. Laat plaat negen gerust wat eenvoudiger."),
        ),
    ]),
    order("Administratie van één kwartaal op orde brengen", 27_500, day(14, 9, 2), 7).then(&[
        (day(5, 10, 16), Customer, AsksForUpdate("Heb je alles? Ik zie nog geen concept van de aangifte.")),
        (
            day(5, 15, 39),
            Freelancer,
            GivesUpdate("Bijna alles. Ik mis alleen nog twee bonnen van de tankpas; de rest is ingeboekt."),
        ),
    ]),
    order("Dronebeelden van een nieuwbouwproject", 47_500, day(14, 13, 23), 5).then(&[
        (
            day(11, 18, 50),
            Freelancer,
            AsksToCancel(CannotDeliver, "De vergunning voor het vliegen is afgewezen, dus ik kan dit niet uitvoeren."),
        ),
        (day(10, 11, 5), Customer, Comments("En vanaf de andere kant van het water? Daar ligt geen bebouwing.")),
        (day(10, 16, 22), Freelancer, Comments("Goed idee, dat mag wél. Dan trek ik dit in.")),
        (day(10, 16, 25), Freelancer, Withdraws),
    ]),
];
