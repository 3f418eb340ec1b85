# De tijdlijn. $who is "you" voor de lezer zelf en "other" voor de ander.

timeline = Tijdlijn
timeline-more = Meer van de tijdlijn
timeline-earlier = Eerdere gebeurtenissen
timeline-newest = Nieuwste gebeurtenissen
timeline-print = Alles om af te drukken
timeline-part = Dit is een deel van de tijdlijn. Alles staat op { $address }.
text-erased = Deze tekst is gewist op { $date }.
title-erased = (gewist)
event-placed = { $who ->
    [you] Je hebt de bestelling geplaatst.
   *[other] { $name } heeft de bestelling geplaatst.
}
event-delivered = { $who ->
    [you] Je hebt het werk opgeleverd.
   *[other] { $name } heeft het werk opgeleverd.
}
event-revision-requested = { $who ->
    [you] Je hebt om een revisie gevraagd.
   *[other] { $name } heeft om een revisie gevraagd.
}
event-approved = { $who ->
    [you] Je hebt het werk goedgekeurd. De bestelling is voltooid.
   *[other] { $name } heeft het werk goedgekeurd. De bestelling is voltooid.
}
event-completed = Er kwam { $days ->
    [one] 1 dag
   *[other] { $days } dagen
} geen reactie op de levering. Daarom is de bestelling automatisch voltooid.
event-cancelled = De klantenservice heeft de bestelling geannuleerd.
event-imported = Deze bestelling was al afgesloten voordat ze in het Oplossingscentrum kwam.
event-imported-delivery = Het werk was al geleverd toen de bestelling van de marktplaats hier kwam.
event-review-began-seen = { $who ->
    [you] Je hebt de bestelling geopend. Vanaf nu zijn er { $days } dagen om het werk goed te keuren of een revisie te vragen.
   *[other] { $name } heeft de bestelling geopend. Vanaf nu zijn er { $days } dagen om het werk goed te keuren of een revisie te vragen.
}
event-review-began-told = Het werk is geleverd. Vanaf nu zijn er { $days } dagen om het goed te keuren of een revisie te vragen.
event-opened-update = { $who ->
    [you] Je hebt om een update gevraagd.
   *[other] { $name } heeft om een update gevraagd.
}
event-opened-cancellation = { $who ->
    [you] Je hebt gevraagd om de bestelling te annuleren.
   *[other] { $name } heeft gevraagd om de bestelling te annuleren.
}
event-opened-change = { $who ->
    [you] Je hebt een wijziging aangevraagd.
   *[other] { $name } heeft een wijziging aangevraagd.
}
event-commented = { $who ->
    [you] Je hebt een opmerking geplaatst.
   *[other] { $name } heeft een opmerking geplaatst.
}
event-update-given = { $who ->
    [you] Je hebt een update gegeven.
   *[other] { $name } heeft een update gegeven.
}
event-accepted-cancellation = { $who ->
    [you] Je bent akkoord gegaan met annuleren. De bestelling is geannuleerd.
   *[other] { $name } is akkoord gegaan met annuleren. De bestelling is geannuleerd.
}
event-accepted-change = { $who ->
    [you] Je bent akkoord gegaan met de wijziging.
   *[other] { $name } is akkoord gegaan met de wijziging.
}
event-accepted-change-date = { $who ->
    [you] Je bent akkoord gegaan met alleen de nieuwe leverdatum. De prijs en de extra’s blijven zoals ze waren.
   *[other] { $name } is akkoord gegaan met alleen de nieuwe leverdatum. De prijs en de extra’s blijven zoals ze waren.
}
event-accepted-change-extras = { $who ->
    [you] Je bent akkoord gegaan met alleen de extra’s. De leverdatum blijft zoals die was.
   *[other] { $name } is akkoord gegaan met alleen de extra’s. De leverdatum blijft zoals die was.
}
event-declined-cancellation = { $who ->
    [you] Je bent niet akkoord gegaan met annuleren. De bestelling gaat verder.
   *[other] { $name } is niet akkoord gegaan met annuleren. De bestelling gaat verder.
}
event-declined-change = { $who ->
    [you] Je bent niet akkoord gegaan met de wijziging. Alles blijft zoals afgesproken.
   *[other] { $name } is niet akkoord gegaan met de wijziging. Alles blijft zoals afgesproken.
}
event-withdrawn-update = { $who ->
    [you] Je hebt het verzoek om een update ingetrokken.
   *[other] { $name } heeft het verzoek om een update ingetrokken.
}
event-withdrawn-cancellation = { $who ->
    [you] Je hebt het verzoek om te annuleren ingetrokken. De bestelling gaat verder.
   *[other] { $name } heeft het verzoek om te annuleren ingetrokken. De bestelling gaat verder.
}
event-withdrawn-change = { $who ->
    [you] Je hebt de aangevraagde wijziging ingetrokken.
   *[other] { $name } heeft de aangevraagde wijziging ingetrokken.
}
event-lapsed-update = Er kwam binnen { $hours } uur geen update. Het geschil is automatisch gesloten en de bestelling gaat verder.
event-lapsed-cancellation = Er kwam binnen { $hours } uur geen antwoord. De bestelling is automatisch geannuleerd.
event-lapsed-change = Er kwam binnen { $days ->
    [one] 1 dag
   *[other] { $days } dagen
} geen antwoord. Het verzoek is automatisch ingetrokken. Alles blijft zoals afgesproken.
event-reason = Reden: { $reason }
change-days = { $count ->
    [one] 1 dag extra
   *[other] { $count } dagen extra
}
change-date = Leverdatum: van { $old } naar { $new }
change-price = Prijs: van { $old } naar { $new }
change-title = Titel: van “{ $old }” naar “{ $new }”
event-delivered-outside = Het werk is op de marktplaats geleverd.
event-revision-outside = Op de marktplaats is om een revisie gevraagd.
event-completed-outside = De bestelling is op de marktplaats voltooid.
event-repriced = De prijs is op de marktplaats veranderd.
event-rescheduled = De leverdatum is op de marktplaats veranderd.
event-retitled = De titel is op de marktplaats veranderd.
