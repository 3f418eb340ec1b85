//! Styles, script and icons, compiled into the program and served under names that change with their content.

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use rust_embed::RustEmbed;

use crate::paths;
use crate::secret::hex;
use crate::web::error::Error;

#[derive(RustEmbed)]
#[folder = "static"]
struct Static;

/// The files by name, where the name holds a hash of the content.
static HASHED: LazyLock<HashMap<String, String>> =
    LazyLock::new(|| Static::iter().map(|name| (hashed(&name), name.into_owned())).collect());

/// The address of a file. Its content decides its name, so browsers may keep it for ever.
pub(super) fn path(name: &str) -> &'static str {
    static PATHS: LazyLock<HashMap<String, String>> =
        LazyLock::new(|| HASHED.iter().map(|(hashed, name)| (name.clone(), paths::asset(hashed))).collect());
    PATHS.get(name).map_or("", String::as_str)
}

fn hashed(name: &str) -> String {
    let file = Static::get(name).expect("the name comes from the list of files");
    let hash = hex(&file.metadata.sha256_hash()[..6]);
    let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
    format!("{stem}.{hash}.{ending}")
}

/// Serves a file.
pub(super) async fn serve(file: web::Path<String>) -> Result<HttpResponse, Error> {
    let name = HASHED.get(file.as_str()).ok_or(Error::NotFound)?;
    let file = Static::get(name).ok_or(Error::NotFound)?;
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml; charset=utf-8",
        _ => "application/octet-stream",
    };
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(file.data.into_owned()))
}
