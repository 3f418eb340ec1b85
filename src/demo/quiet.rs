//! Klant and Freelancer: untouched orders, to try things out on.

use crate::demo::story::{Story, order};
use crate::demo::when::day;

/// One a day, due in 20 to 60 days, so that every page of a list holds both these and others.
pub(super) const STORIES: &[Story] = &[
    order("Banner voor een webshop in tuinmeubelen", 12_500, day(1, 9, 12), 21),
    order("Vertaling van een huurcontract NL–EN", 21_500, day(2, 16, 45), 26),
    order("Productteksten voor twintig soorten kaas", 28_000, day(3, 10, 38), 33),
    order("Logo voor een hondenuitlaatservice", 22_000, day(4, 14, 3), 24),
    order("Voice-over voor een bedrijfsfilm", 26_500, day(5, 11, 27), 29),
    order("SEO-analyse van een fietsenwinkel", 35_000, day(6, 19, 6), 38),
    order("Presentatie voor investeerders, 18 dia's", 54_000, day(7, 8, 41), 22),
    order("Infographic over warmtepompen", 24_500, day(8, 13, 20), 31),
    order("Transcriptie van vijf interviews", 19_000, day(9, 9, 54), 27),
    order("Instagram-sjablonen voor een kapsalon", 16_000, day(10, 17, 12), 35),
    order("Eindredactie van een scriptie, 60 pagina's", 33_500, day(11, 15, 29), 23),
    order("App-icoon en splashscreen", 14_000, day(12, 10, 33), 40),
    order("Etiketten voor ambachtelijke jam", 18_500, day(13, 9, 7), 44),
    order("Persbericht over een nieuwe winkel", 13_500, day(14, 12, 56), 20),
    order("Plattegrond van een camping", 41_000, day(15, 11, 43), 52),
    order("Google Ads-campagne opzetten", 45_000, day(16, 14, 18), 30),
    order("Ontwerp voor een bedrijfsbus", 52_500, day(17, 9, 36), 48),
    order("Kinderboek voorlezen en opnemen", 38_500, day(18, 10, 22), 41),
    order("WordPress-thema aanpassen voor een museum", 76_000, day(19, 13, 14), 56),
    order("Affiche voor een theatervoorstelling", 29_000, day(20, 16, 51), 25),
    order("Databestand met 3.000 adressen opschonen", 23_500, day(21, 11, 9), 28),
    order("Muurschildering ontwerpen voor een school", 67_500, day(22, 9, 48), 60),
    order("Gebruiksaanwijzing voor een e-bike, vier talen", 98_000, day(23, 14, 35), 58),
    order("Webteksten herschrijven op B1-niveau", 44_000, day(24, 10, 17), 36),
    order("Muziek onder een documentaire, acht minuten", 61_000, day(25, 15, 42), 46),
    order("Verpakking voor handgemaakte zeep", 34_500, day(26, 11, 3), 50),
];
