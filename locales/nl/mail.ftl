# Wat er in een e-mail staat. Zinnen over geschillen komen uit disputes.ftl en timeline.ftl.

mail-greeting = Hallo { $name },
mail-order = Bestelling: { $title } ({ $reference })
mail-they-wrote = { $name } schreef:
mail-you-wrote = Je schreef:
mail-reminder = { $name } wacht nog op je antwoord.
mail-reminder-subject = Antwoord vóór { $moment }: { $title }
mail-view-order = Bekijk de bestelling
mail-link-spelled = Werkt de knop niet? Dit is het adres:
mail-footer = Je krijgt deze e-mail omdat dit jouw bestelling is. Antwoorden kan niet per e-mail, alleen op de pagina hierboven.
mail-footer-optional = Je krijgt deze e-mail omdat dit jouw bestelling is. Antwoorden kan niet per e-mail, alleen op de pagina hierboven. Wil je dit soort e-mails niet meer, kies dat dan op de pagina Account.

unsubscribe = Minder e-mails
unsubscribe-comments = Wil je geen e-mails meer als iemand een opmerking plaatst? Op de pagina Meldingen blijf je ze zien.
unsubscribe-reminders = Wil je geen herinneringen meer aan vragen die op jou wachten? Wie niets doet, laat de tijd beslissen.
unsubscribe-button = Stuur me deze e-mails niet meer
unsubscribe-done-comments = Je krijgt geen e-mails meer bij opmerkingen.
unsubscribe-done-reminders = Je krijgt geen herinneringen meer.
unsubscribe-back-on = Bedenk je je? Op de pagina Account zet je ze weer aan.

mail-password-new = Kies een nieuw wachtwoord
mail-password-first = Kies je wachtwoord
mail-password-new-opening = Je vroeg om een nieuw wachtwoord. Met deze link kies je er een.
mail-password-first-opening = Je hebt nog geen wachtwoord. Met deze link kies je er een.
mail-password-button = Kies je wachtwoord
mail-password-outcome = De link werkt één keer, en { $hours } uur lang. Vroeg je hier niet om? Dan hoef je niets te doen: er verandert niets.
mail-password-footer = Je krijgt deze e-mail omdat iemand met dit e-mailadres om een wachtwoord vroeg. Geef de link aan niemand anders.
