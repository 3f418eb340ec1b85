//! Klant and Freelancer: questions that wait for an answer right now, with different times left.

use crate::demo::story::Deed::{
    Accepts, AsksForChange, AsksForRevision, AsksForUpdate, AsksToCancel, Comments, Declines, Delivers, GivesUpdate,
};
use crate::demo::story::{Story, order};
use crate::demo::when::{ago, day};
use crate::domain::Party::{Customer, Freelancer};
use crate::domain::Reason::{CustomerUnresponsive, NoLongerNeeded, NotAsAgreed};

/// The windows are 48 hours, and 96 for a change: a question of 45 hours and 37 minutes ago has 2:23 left.
pub(super) const STORIES: &[Story] = &[
    order("Website voor een fysiotherapiepraktijk in Breda", 125_000, day(12, 10, 24), 9).then(&[
        (
            day(9, 15, 2),
            Freelancer,
            AsksForChange(
                7,
                &[],
                "Hoi Sanne, ik krijg de teksten pas volgende week, hoorde ik van je collega. Mag ik die week erbij, \
                 dan hoef ik me niet te haasten?",
            ),
        ),
        (day(9, 16, 41), Customer, Accepts),
        (
            ago(45, 37),
            Freelancer,
            AsksToCancel(
                CustomerUnresponsive,
                "Ik wacht nu al een week op de foto's en op de inloggegevens van je hosting, en op mijn berichten \
                 krijg ik geen antwoord. Zonder die spullen kan ik niet verder. Als het je even niet uitkomt, kunnen \
                 we beter annuleren en later opnieuw beginnen.",
            ),
        ),
    ]),
    order("Vertaling van een webshop NL–DE, 4.200 woorden", 54_600, day(8, 9, 38), 2).then(&[
        (
            ago(27, 12),
            Customer,
            AsksForUpdate(
                "Hoi Daan, overmorgen gaat de Duitse webshop live en ik heb nog niets gezien. Hoe ver ben je? Als er \
                 iets onduidelijk is in de productteksten, hoor ik het graag.",
            ),
        ),
        (
            ago(24, 40),
            Freelancer,
            Comments("Ik zit vandaag de hele dag bij een opdrachtgever. Vanavond kijk ik precies hoever ik ben."),
        ),
        (ago(23, 55), Customer, Comments("Fijn, dan wacht ik daarop. De categoriepagina's hebben voor mij voorrang.")),
    ]),
    order("Animatie van 30 seconden voor Instagram", 38_000, day(5, 13, 37), 6).then(&[
        (
            ago(14, 5),
            Customer,
            AsksToCancel(
                NoLongerNeeded,
                "De actie waarvoor deze animatie bedoeld was, gaat niet door. Dat hoorde ik vanochtend zelf pas. Heel \
                 vervelend voor jou, maar ik heb het filmpje niet meer nodig.",
            ),
        ),
        (
            ago(12, 18),
            Freelancer,
            Comments("Jammer! Het storyboard is al klaar. Kunnen we dat deel niet voor iets anders gebruiken?"),
        ),
        (ago(11, 46), Customer, Comments("Ik leg het intern voor en laat het je morgen weten.")),
    ]),
    order("Zes blogs over duurzaam wonen", 51_000, day(3, 11, 15), 10).then(&[
        (
            ago(6, 30),
            Freelancer,
            AsksForChange(
                5,
                &[("Zevende blog: subsidies voor isolatie", 8_500), ("Beeldkeuze bij alle blogs", 6_000)],
                "Tijdens het gesprek van gisteren kwamen er een zevende onderwerp en de foto's bij. Die doe ik er \
                 graag bij; dan kom ik wel vijf dagen later uit.",
            ),
        ),
        (ago(5, 2), Customer, Comments("Klinkt goed. Zijn de foto's rechtenvrij, ook voor onze nieuwsbrief?")),
        (ago(4, 21), Freelancer, Comments("Ja, ik gebruik alleen beeld dat je overal voor mag inzetten.")),
    ]),
    order("Vijf productfoto's voor Bol", 17_500, day(6, 16, 20), 1).then(&[(ago(47, 20), Freelancer, Delivers)]),
    order("Handleiding voor een koffiemachine, NL en EN", 42_000, day(11, 10, 50), 3).then(&[(
        ago(5, 10),
        Freelancer,
        Delivers,
    )]),
    // The long one: three disputes one after another, delivered, revised, delivered again.
    order("Logo en huisstijl voor bakkerij De Korenaar", 49_500, day(31, 9, 41), -5).then(&[
        (
            day(22, 10, 5),
            Customer,
            AsksForUpdate("Hoi Daan, ik ben benieuwd hoe het ervoor staat. Heb je al een eerste schets?"),
        ),
        (
            day(22, 14, 32),
            Freelancer,
            GivesUpdate(
                "Zeker! Ik heb drie richtingen uitgewerkt: een korenaar als beeldmerk, een letterlogo en een stempel. \
                 Eind van de week stuur ik ze alle drie.",
            ),
        ),
        (
            day(18, 11, 20),
            Freelancer,
            AsksForChange(
                7,
                &[("Broodzakken in twee maten", 9_500)],
                "Je vroeg om broodzakken in dezelfde stijl. Dat kan, maar de drukker heeft er een eigen stansvorm \
                 voor en die kost me een week extra.",
            ),
        ),
        (day(17, 9, 14), Customer, Comments("Zitten de drukkosten erbij in, of is dit alleen het ontwerp?")),
        (day(17, 10, 2), Freelancer, Comments("Alleen het ontwerp, drukklaar aangeleverd.")),
        (day(16, 19, 48), Customer, Accepts),
        (day(9, 17, 25), Freelancer, Delivers),
        (
            day(7, 12, 11),
            Customer,
            AsksForRevision(
                "Mooi werk! Twee dingen:\n- het groen is op papier te donker;\n- op de kleine broodzak valt de naam \
                 weg.",
            ),
        ),
        (
            day(6, 9, 30),
            Customer,
            AsksToCancel(
                NotAsAgreed,
                "De opening van de winkel is vervroegd en ik zie het met deze revisie niet op tijd goed komen. Ik wil \
                 liever stoppen.",
            ),
        ),
        (day(6, 11, 54), Freelancer, Comments("Wanneer is de opening nu? Ik ben er bijna.")),
        (day(6, 13, 7), Customer, Comments("Over anderhalve week.")),
        (
            day(5, 8, 45),
            Freelancer,
            Declines("Dat haal ik ruim. De kleuren zijn al aangepast en de kleine zak krijgt een eigen opmaak."),
        ),
        (ago(30, 15), Freelancer, Delivers),
    ]),
];
