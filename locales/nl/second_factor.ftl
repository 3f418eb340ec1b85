# Inloggen in twee stappen: na het wachtwoord een code van een app.

second-step = Vul je code in
second-step-intro = Je wachtwoord klopt. Vul nu de code in uit de app waarmee je inlogt.
second-step-code = Code
second-step-hint = Zes cijfers uit je app. Heb je je telefoon niet bij je? Vul dan een van je herstelcodes in.
second-step-missing = Vul de code uit je app in
second-step-wrong = Deze code werkt niet, of is al gebruikt. Vul de nieuwste code uit je app in.
second-step-too-many = Er zijn te veel codes geprobeerd. Wacht { $minutes ->
    [one] 1 minuut
   *[other] { $minutes } minuten
} en vul dan een nieuwe code in.
second-step-lost = Heb je ook geen herstelcodes meer? Neem dan contact op:

factor = Inloggen in twee stappen
factor-is-on = Aan
factor-on-short = Na je wachtwoord vragen we ook een code uit je app.
factor-off-short = Zet je dit aan, dan is je wachtwoord alleen niet meer genoeg. Je vult ook een code in uit een app op je telefoon.
factor-set-up = Instellen
factor-manage = Bekijken of uitzetten
factor-intro = Je logt dan in met je wachtwoord en met een code uit een app op je telefoon. Weet iemand anders je wachtwoord? Dan kan die persoon nog niet in je account.
factor-need = Je hebt een app nodig die zulke codes maakt, zoals Google Authenticator, Microsoft Authenticator of je wachtwoordbeheerder.
factor-lost = Je krijgt tien herstelcodes. Daarmee log je in als je je telefoon kwijt bent.
factor-others = Op andere apparaten log je daarna opnieuw in.
factor-on-intro = Na je wachtwoord vragen we een code uit je app.
factor-since = Sinds
factor-codes-left = Herstelcodes over
factor-renew = Nieuwe herstelcodes
factor-renew-text = Zijn ze bijna op, of kan iemand anders ze gezien hebben? Maak dan nieuwe. De oude werken daarna niet meer.
factor-renew-button = Nieuwe herstelcodes maken
factor-codes-too-many = Je hebt kort na elkaar vaak herstelcodes laten maken. Wacht { $minutes ->
    [one] 1 minuut
   *[other] { $minutes } minuten
} en probeer het dan opnieuw.
factor-off = Uitzetten
factor-off-text = Daarna is je wachtwoord weer genoeg om in te loggen. Op andere apparaten log je opnieuw in.
factor-off-button = Uitzetten

factor-set-up-title = Inloggen in twee stappen instellen
factor-scan = 1. Zet je account in de app
factor-scan-text = Open de app op je telefoon en scan deze code.
factor-qr = QR-code voor je app. De sleutel hieronder zegt hetzelfde in letters.
factor-open = Staat de app op dit apparaat? Open hem dan hier.
factor-secret = Of typ deze sleutel over
factor-account = Naam van het account
factor-confirm = 2. Bevestig met een code
factor-code = Code uit je app
factor-code-hint = Zes cijfers
factor-code-missing = Vul de code in die je app nu laat zien
factor-code-wrong = Deze code hoort niet bij de sleutel hierboven. Vul de code in die je app nu laat zien, en kijk of de klok van je telefoon goed staat.
factor-offer-over = De sleutel was te lang geleden gemaakt. Zet de nieuwe sleutel hierboven in je app, en vul dan de code in.
factor-hidden = De sleutel tonen we niet nog eens voordat je wachtwoord klopt. Staat hij nog niet in je app? Begin dan opnieuw, met een nieuwe sleutel.
factor-start-over = Opnieuw beginnen
factor-password-hint = Zo weten we dat jij dit bent.
factor-on-button = Aanzetten

codes = Je herstelcodes
codes-intro = Met een herstelcode log je in als je je telefoon niet hebt. Elke code werkt één keer. Print ze, of bewaar ze in je wachtwoordbeheerder.
codes-once = Je kunt ze hier tot { $time } nog bekijken. Daarna ziet niemand ze meer, ook wij niet.
codes-kept = Ik heb ze bewaard

done-factor-on = Inloggen in twee stappen staat aan. Bewaar nu je herstelcodes.
done-factor-off = Inloggen in twee stappen staat uit.
done-codes-renewed = Je hebt nieuwe herstelcodes. De oude werken niet meer.
done-codes-kept = Mooi. Je hebt ze alleen nodig als je je telefoon niet hebt.
done-device-ended = Dat apparaat is uitgelogd.
