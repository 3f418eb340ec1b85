//! The cookie of a session that was signed with the other key, while the key is changed: it is signed anew, on its way in and
//! for the browser.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, CookieJar, Key, SameSite};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{COOKIE, HeaderValue, SET_COOKIE};
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::app::App;
use crate::settings::Settings;

/// The name of the session's cookie: `__Host-` pins it to this host and to https.
#[must_use]
pub fn session_cookie_name(settings: &Settings) -> &'static str {
    if settings.is_https() { "__Host-session" } else { "session" }
}

/// Signs such a cookie anew. It stands around everything that reads cookies, which are read once.
pub(super) async fn sign_anew(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let settings = request.app_data::<Data<App>>().expect("the server sets it").settings.clone();
    let brought = request.headers().get(COOKIE).and_then(|brought| brought.to_str().ok());
    let Some((all, anew)) = brought.and_then(|brought| signed_anew(&settings, brought)) else {
        return next.call(request).await;
    };
    request.headers_mut().insert(COOKIE, all);
    let mut answer = next.call(request).await?;
    let name = format!("{}=", session_cookie_name(&settings));
    let headers = answer.headers_mut();
    // A person who signs in or out just now gets another one.
    if !headers.get_all(SET_COOKIE).any(|set| set.as_bytes().starts_with(name.as_bytes())) {
        headers.append(SET_COOKIE, anew);
    }
    Ok(answer)
}

/// The cookies of the request with the session's signed anew, and the header that gives that one to the browser. `None` when
/// its signature is of the key itself, or of neither.
fn signed_anew(settings: &Settings, brought: &str) -> Option<(HeaderValue, HeaderValue)> {
    let (key, Some(other)) = settings.secret.keys() else { return None };
    let name = session_cookie_name(settings);
    let pairs = brought.split(';').map(str::trim);
    let is_session = |pair: &str| pair.split_once('=').is_some_and(|(given, _)| given == name);
    let cookie = Cookie::parse_encoded(pairs.clone().find(|pair| is_session(pair))?.to_owned()).ok()?;
    let mut jar = CookieJar::new();
    jar.add_original(cookie);
    if jar.signed(&Key::from(key)).get(name).is_some() {
        return None;
    }
    let mut cookie = jar.signed(&Key::from(other)).get(name)?;
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_secure(settings.is_https());
    cookie.set_same_site(SameSite::Lax);
    cookie.set_max_age(Duration::days(settings.session_life.days.into()));
    let mut anew = CookieJar::new();
    anew.signed_mut(&Key::from(key)).add(cookie);
    let cookie = anew.get(name)?;
    let own = cookie.stripped().encoded().to_string();
    let all: Vec<&str> = pairs.map(|pair| if is_session(pair) { own.as_str() } else { pair }).collect();
    Some((all.join("; ").parse().ok()?, cookie.encoded().to_string().parse().ok()?))
}
