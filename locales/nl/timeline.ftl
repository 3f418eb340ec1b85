# De tijdlijn. $who is "you" voor de lezer zelf en "other" voor de ander.

timeline = Tijdlijn
timeline-more = Meer van de tijdlijn
timeline-earlier = Eerdere gebeurtenissen
timeline-newest = Nieuwste gebeurtenissen
timeline-print = Alles om af te drukken
timeline-part = Dit is een deel van de tijdlijn. Alles staat op { $address }.
event-placed = { $who ->
    [you] Je plaatste de bestelling.
   *[other] { $name } plaatste de bestelling.
}
event-delivered = { $who ->
    [you] Je leverde het werk op.
   *[other] { $name } leverde het werk op.
}
event-revision-requested = { $who ->
    [you] Je vroeg om een revisie.
   *[other] { $name } vroeg om een revisie.
}
event-approved = { $who ->
    [you] Je keurde het werk goed. De bestelling is voltooid.
   *[other] { $name } keurde het werk goed. De bestelling is voltooid.
}
event-completed = De levering bleef { $days ->
    [one] 1 dag
   *[other] { $days } dagen
} zonder reactie. De bestelling is daarom vanzelf voltooid.
event-cancelled = De klantenservice annuleerde de bestelling.
event-imported = De bestelling was al afgesloten toen die hier werd overgenomen.
event-opened-update = { $who ->
    [you] Je vroeg om een update.
   *[other] { $name } vroeg om een update.
}
event-opened-cancellation = { $who ->
    [you] Je vroeg om de bestelling te annuleren.
   *[other] { $name } vroeg om de bestelling te annuleren.
}
event-opened-change = { $who ->
    [you] Je vroeg een wijziging aan.
   *[other] { $name } vroeg een wijziging aan.
}
event-commented = { $who ->
    [you] Je plaatste een opmerking.
   *[other] { $name } plaatste een opmerking.
}
event-update-given = { $who ->
    [you] Je gaf een update.
   *[other] { $name } gaf een update.
}
event-accepted-cancellation = { $who ->
    [you] Je ging akkoord met annuleren. De bestelling is geannuleerd.
   *[other] { $name } ging akkoord met annuleren. De bestelling is geannuleerd.
}
event-accepted-change = { $who ->
    [you] Je ging akkoord met de wijziging.
   *[other] { $name } ging akkoord met de wijziging.
}
event-declined-cancellation = { $who ->
    [you] Je ging niet akkoord met annuleren. De bestelling gaat verder.
   *[other] { $name } ging niet akkoord met annuleren. De bestelling gaat verder.
}
event-declined-change = { $who ->
    [you] Je ging niet akkoord met de wijziging. Alles blijft zoals afgesproken.
   *[other] { $name } ging niet akkoord met de wijziging. Alles blijft zoals afgesproken.
}
event-withdrawn-update = { $who ->
    [you] Je trok de vraag om een update in.
   *[other] { $name } trok de vraag om een update in.
}
event-withdrawn-cancellation = { $who ->
    [you] Je trok het verzoek om te annuleren in. De bestelling gaat verder.
   *[other] { $name } trok het verzoek om te annuleren in. De bestelling gaat verder.
}
event-withdrawn-change = { $who ->
    [you] Je trok de aangevraagde wijziging in.
   *[other] { $name } trok de aangevraagde wijziging in.
}
event-lapsed-update = Er kwam binnen { $hours } uur geen update. Het geschil is gesloten en de bestelling gaat verder.
event-lapsed-cancellation = Er kwam binnen { $hours } uur geen antwoord. De bestelling is geannuleerd.
event-lapsed-change = Er kwam binnen { $days ->
    [one] 1 dag
   *[other] { $days } dagen
} geen antwoord. De aangevraagde wijziging is ingetrokken door het systeem.
event-reason = Reden: { $reason }
change-days = { $count ->
    [one] 1 dag extra
   *[other] { $count } dagen extra
}
change-date = Leverdatum: van { $old } naar { $new }
change-price = Prijs: van { $old } naar { $new }
