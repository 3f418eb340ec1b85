sign-in-intro = Sign in to see your orders.
sign-in-needed = Sign in to go on. You then get to the page you wanted to see.
email = E-mail address
password = Password
sign-in-email-missing = Enter your e-mail address
sign-in-password-missing = Enter your password
sign-in-account-changed = Your account has changed in the meantime. Sign in once more.
sign-in-wrong = This e-mail address and password do not belong together. Check them and try again.
sign-in-too-many = There were too many attempts to sign in. Wait { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
} and then try again.
sign-in-too-many-or-link = There were too many attempts to sign in. Wait { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
} and then try again. Or have a link sent to choose a new password with: then you are signed in straight away.

account = Account
account-who = Who you are
account-name = Name
account-settings = Preferences
language = Language
time-zone = Time zone
time-zone-hint = You see all dates and times in this time zone.
time-zone-marketplace = Default ({ $zone })
time-zone-wrong = Choose a time zone from the list
theme = Appearance
theme-device = Like my device
theme-light = Light
theme-dark = Dark
theme-wrong = Choose an appearance from the list
language-wrong = Choose Dutch or English
mail-choices = E-mails
mail-choices-hint = When somebody asks you something, or a request has been dealt with, you always get an e-mail.
mail-comments = Send me an e-mail about each comment
mail-reminders = Remind me by e-mail of a request or delivery that is waiting for me
save = Save
password-heading = Change password
current-password = Current password
new-password = New password
new-password-hint = At least { $least } characters. A sentence is fine.
change-password = Change password
current-password-missing = Enter your current password
current-password-wrong = This is not your current password
new-password-too-short = Choose at least { $least } characters
new-password-too-long = Choose at most { $most } characters
new-password-guessable = This password is too easy to guess: many people use it, or it looks like your name, your e-mail address or a word of this site. Choose a few words that do not belong together.
new-password-same = Choose a different password from your current one
devices-heading = Signed-in devices
devices-intro = You are signed in on these devices.
device-on = { $browser } on { $system }
device-unknown = Unknown device
device-here = This device
device-since = Signed in on
device-seen = Last used: { $days ->
    [0] today
    [1] yesterday
   *[other] { $days } days ago
}
device-end = Sign out device
device-numbered = device { $number }: { $device }
devices-all = Show { $more ->
    [one] 1 other device
   *[other] { $more } other devices
} too
devices-privacy = We keep which browser and what kind of device it is and when you signed in, not where you are.
devices-doubt = Do you think somebody else can get into your account? Sign out everywhere, here too, and then choose a new password.
sign-out-everywhere = Sign out everywhere

notifications = Notifications
notifications-none = There are no notifications yet. As soon as something happens to one of your orders, you read it here.
notifications-mark-read = Mark all as read
notifications-badge-note = The number beside Open disputes counts the requests that are waiting for your answer. It goes down when you answer.

# Signing in through the marketplace. $marketplace is its name, or "the marketplace".
the-marketplace = the marketplace
sign-in-link = Continue as { $name }
sign-in-link-text = You come from { $marketplace }. Is this you? Then one click signs you in.
sign-in-link-instead = You are signed in here as { $name } now. If you continue, you change accounts.
sign-in-link-button = Continue as { $name }
sign-in-link-not-you = Not you? Then close this page. Nothing has happened.
sign-in-link-gone = This link no longer works
sign-in-link-gone-text = A link like this works only once, and only for a short time. Go back to { $marketplace } and choose the button to the Resolution Center again. Or sign in here.
hand-off-button = Sign in through { $marketplace }
hand-off-or-password = Or sign in with your password:
hand-off-failed = Signing in did not work
hand-off-refused = You came back from { $marketplace }, but the answer was too old, used already, or meant for another browser. Try once more, or sign in with your password.
hand-off-unknown = Your account at { $marketplace } is not known here yet. That usually sorts itself out. Try again later, or sign in with your password.
hand-off-password = Sign in with a password
hand-off-contact = Still stuck?
device-by-marketplace = Through the marketplace
