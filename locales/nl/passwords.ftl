password-forgotten-link = Wachtwoord vergeten of nog geen wachtwoord?
password-forgotten = Een nieuw wachtwoord kiezen
password-forgotten-intro = Vul je e-mailadres in. We sturen je een link waarmee je een wachtwoord kiest, ook als je er nog geen had.
password-ask = Stuur me een link
password-ask-again = Opnieuw een link vragen
password-too-many = Er is vanaf dit netwerk te vaak om een link gevraagd. Wacht { $minutes ->
    [one] 1 minuut
   *[other] { $minutes } minuten
} en probeer het dan opnieuw.
password-sent = Kijk in je mailbox
password-sent-text = Als er een account bij dit e-mailadres hoort, staat er binnen een paar minuten een e-mail met een link in je mailbox. De link werkt één keer en is { $hours } uur geldig.
password-sent-nothing = Geen e-mail gekregen? Kijk ook bij je ongewenste e-mail (spam). Controleer ook of je het e-mailadres gebruikt waarmee je bestelt of levert.
password-set = Kies je wachtwoord
password-set-intro = Daarna ben je hier ingelogd en op al je andere apparaten uitgelogd.
password-set-button = Wachtwoord opslaan
password-gone = Deze link werkt niet meer
password-gone-text = Een link werkt één keer en is { $hours } uur geldig. Zodra je een nieuw wachtwoord kiest, houden je andere links ook op.
password-gone-ask = Vraag een nieuwe link
done-password-set = Je wachtwoord is opgeslagen. Je bent hier ingelogd en op je andere apparaten uitgelogd.
done-password-set-code = Je wachtwoord is opgeslagen. Vul nu je code nog in.
