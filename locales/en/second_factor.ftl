# Two-step sign-in: after the password, a code of an app.

second-step = Enter your code
second-step-intro = Your password is right. Now enter the code from the app you sign in with.
second-step-code = Code
second-step-hint = Six digits from your app. Is your phone not with you? Then enter one of your recovery codes.
second-step-missing = Enter the code from your app
second-step-wrong = This code does not work, or was used already. Enter the newest code from your app.
second-step-too-many = Too many codes were tried. Wait { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
} and then enter a new code.
second-step-lost = No recovery codes left either? Then get in touch:

factor = Two-step sign-in
factor-is-on = On
factor-on-short = After your password we also ask for a code from your app.
factor-off-short = If you turn this on, your password alone is no longer enough. You also enter a code from an app on your phone.
factor-set-up = Set up
factor-manage = View or switch off
factor-intro = You then sign in with your password and with a code from an app on your phone. Somebody else who knows your password still cannot get in.
factor-need = You need an app that makes such codes, such as Google Authenticator, Microsoft Authenticator or your password manager.
factor-lost = You get ten recovery codes, to sign in with when your phone is gone.
factor-others = On other devices you then sign in again.
factor-on-intro = After your password we ask for a code from your app.
factor-since = Since
factor-codes-left = Recovery codes left
factor-renew = New recovery codes
factor-renew-text = Have you nearly used them up, or may somebody else have seen them? Make new ones. The old ones then no longer work.
factor-renew-button = Make new recovery codes
factor-codes-too-many = You had recovery codes made many times in a short while. Wait { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
} and then try again.
factor-off = Switch off
factor-off-text = Your password is then enough again to sign in. On other devices you sign in again.
factor-off-button = Switch off

factor-set-up-title = Set up two-step sign-in
factor-scan = 1. Put your account in the app
factor-scan-text = Open the app on your phone and scan this code.
factor-qr = QR code for your app. The key below says the same in letters.
factor-open = Is the app on this device? Open it here.
factor-secret = Or type this key
factor-account = Name of the account
factor-confirm = 2. Confirm with a code
factor-code = Code from your app
factor-code-hint = Six digits
factor-code-missing = Enter the code that your app shows now
factor-code-wrong = This code does not belong to the key above. Enter the code that your app shows now, and check that the clock of your phone is right.
factor-offer-over = The key was made too long ago. Put the new key above in your app, and then enter its code.
factor-hidden = We do not show the key again before your password is right. Is it not in your app yet? Then start over, with a new key.
factor-start-over = Start over
factor-password-hint = This way we know that it is you.
factor-on-button = Switch on

codes = Your recovery codes
codes-intro = With a recovery code you sign in when you do not have your phone. Each code works once. Print them, or keep them in your password manager.
codes-once = You can look at them here until { $time }. After that nobody sees them again, and we do not either.
codes-kept = I have saved them

done-factor-on = Two-step sign-in is on. Now keep your recovery codes.
done-factor-off = Two-step sign-in is off.
done-codes-renewed = You have new recovery codes. The old ones no longer work.
done-codes-kept = Good. You only need them when you do not have your phone.
done-device-ended = That device is signed out.
