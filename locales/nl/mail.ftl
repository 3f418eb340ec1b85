# Wat er in een e-mail staat. Zinnen over geschillen komen uit disputes.ftl en timeline.ftl.

mail-greeting = Hallo { $name },
mail-order = Bestelling: { $title } ({ $reference })
mail-they-wrote = { $name } schreef:
mail-you-wrote = Je schreef:
mail-comments-gathered = { $name } heeft { $count } opmerkingen geplaatst.
mail-reminder = { $name } wacht nog op je antwoord.
mail-reminder-subject = Antwoord vóór { $moment }: { $title }
mail-completion = { $name } heeft opgeleverd en wacht op je reactie: keur het werk goed, of vraag om een revisie.
mail-completion-subject = Bekijk de levering vóór { $moment }: { $title }
mail-view-order = Bekijk de bestelling
mail-link-spelled = Werkt de knop niet? Dit is het adres:
mail-footer = Je krijgt deze e-mail omdat je klant of freelancer bent bij deze bestelling. Antwoorden kan niet per e-mail, alleen op de pagina hierboven.
mail-footer-optional = Je krijgt deze e-mail omdat je klant of freelancer bent bij deze bestelling. Antwoorden kan niet per e-mail, alleen op de pagina hierboven. Wil je dit soort e-mails niet meer, kies dat dan op de pagina Account.

unsubscribe = Minder e-mails
unsubscribe-comments = Wil je geen e-mails meer als iemand een opmerking plaatst? Op de pagina Meldingen blijf je ze zien.
unsubscribe-reminders = Wil je geen herinneringen meer aan vragen en leveringen die op jou wachten? Let op: antwoord je niet op tijd, dan kan een bestelling automatisch worden geannuleerd.
unsubscribe-button = Stuur me deze e-mails niet meer
unsubscribe-done-comments = Je krijgt geen e-mails meer bij opmerkingen.
unsubscribe-done-reminders = Je krijgt geen herinneringen meer.
unsubscribe-back-on = Bedenk je je? Op de pagina Account zet je ze weer aan.
unsubscribe-gone = Deze link werkt niet meer
unsubscribe-gone-text = De link in een e-mail werkt { $days } dagen. Op de pagina Account kies je zelf welke e-mails je krijgt.

mail-password-new = Kies een nieuw wachtwoord
mail-password-first = Kies je wachtwoord
mail-password-new-opening = Je vroeg om een nieuw wachtwoord. Met deze link kies je er een.
mail-password-first-opening = Je hebt nog geen wachtwoord. Met deze link kies je er een.
mail-password-button = Kies je wachtwoord
mail-password-outcome = De link werkt één keer en is { $hours } uur geldig. Vroeg je hier niet om? Dan hoef je niets te doen: er verandert niets.
mail-password-footer = Je krijgt deze e-mail omdat iemand met dit e-mailadres om een wachtwoord vroeg. Geef de link aan niemand anders.

mail-notice-password = Je wachtwoord is veranderd
mail-notice-password-opening = Er is een nieuw wachtwoord gekozen voor je account. Andere apparaten zijn uitgelogd. Log daar in met je nieuwe wachtwoord.
mail-notice-factor-on = Inloggen in twee stappen staat aan
mail-notice-factor-on-opening = Voor je account staat inloggen in twee stappen nu aan: na je wachtwoord vragen we een code uit een app.
mail-notice-factor-off = Inloggen in twee stappen staat uit
mail-notice-factor-off-opening = Voor je account staat inloggen in twee stappen nu uit: je wachtwoord is genoeg om in te loggen.
mail-notice-code-used = Er is ingelogd met een herstelcode
mail-notice-code-used-opening = Iemand logde in op je account met je wachtwoord en een van je herstelcodes. Die code werkt nu niet meer.
mail-notice-codes = Je hebt nieuwe herstelcodes
mail-notice-codes-opening = Er zijn nieuwe herstelcodes gemaakt voor je account. De oude werken niet meer.
mail-notice-when = Dit gebeurde op { $moment }.
mail-notice-outcome = Was jij dit? Dan hoef je niets te doen. Was jij dit niet? Kies dan meteen een nieuw wachtwoord. Iedereen die nu in je account is ingelogd, wordt dan uitgelogd.
mail-notice-button = Kies een nieuw wachtwoord
mail-notice-footer = Je krijgt deze e-mail omdat er iets veranderde aan je account. Zulke e-mails krijg je altijd.
mail-test-subject = Testmail van het Oplossingscentrum
mail-test-text = Dit is een testmail van het Oplossingscentrum. Komt hij aan, dan werkt de mailserver.
mail-welcome-subject = Welkom bij het Oplossingscentrum
mail-welcome-what = Op { $host } lossen klanten en freelancers samen op wat er bij een bestelling niet goed gaat, en jij hebt er een account.
mail-welcome-how = Kies een wachtwoord via “Wachtwoord vergeten of nog geen wachtwoord?” op de inlogpagina, dan kun je erin.
mail-welcome-button = Kies je wachtwoord
mail-welcome-footer = Je krijgt deze e-mail omdat je een account hebt op { $host }.
