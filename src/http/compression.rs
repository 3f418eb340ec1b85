//! Compresses answers with gzip.
//!
//! Every browser accepts gzip. Brotli would save one more kilobyte of 36, and takes many times as long. The page is
//! compressed here, on the thread that made it: moving it to another thread and back takes as long as gzip does.

use std::io::Write;

use actix_web::HttpMessage;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCEPT_ENCODING, AcceptEncoding, CONTENT_ENCODING, Encoding, HeaderValue, Preference, Quality, VARY,
};
use actix_web::middleware::Next;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Compresses an answer for a client that accepts gzip.
pub async fn compress(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let takes_gzip = request.get_header().is_some_and(|accepted| takes_gzip(&accepted));
    let response = next.call(request).await?.map_into_boxed_body();
    if !takes_gzip || response.headers().contains_key(CONTENT_ENCODING) {
        return Ok(response);
    }
    Ok(response.map_body(|head, body| match body.try_into_bytes() {
        Ok(bytes) if !bytes.is_empty() => {
            head.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            head.headers_mut().append(VARY, HeaderValue::from(ACCEPT_ENCODING));
            BoxBody::new(gzip(&bytes))
        }
        Ok(bytes) => BoxBody::new(bytes),
        Err(body) => body,
    }))
}

/// Whether the client accepts gzip, and does not prefer plain text (RFC 9110, 12.5.3: `*` is the quality of every
/// encoding that is not named).
fn takes_gzip(accepted: &AcceptEncoding) -> bool {
    let quality =
        |wanted: &Preference<Encoding>| accepted.iter().find(|one| one.item == *wanted).map(|one| one.quality);
    let gzip = quality(&Preference::Specific(Encoding::gzip()));
    let plain = quality(&Preference::Specific(Encoding::identity())).or_else(|| quality(&Preference::Any));
    gzip.is_some_and(|gzip| gzip > Quality::ZERO && plain.is_none_or(|plain| gzip >= plain))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes all that is written")
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::Header;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn gzip_is_for_those_who_name_it_and_like_plain_text_no_better() {
        for (header, expected) in [
            ("gzip, deflate, br, zstd", true),
            ("gzip", true),
            ("br;q=0.5, gzip;q=0.8", true),
            ("gzip;q=0.5, br", true),
            ("gzip;q=0.3, identity;q=0.8", false),
            ("deflate, gzip;q=0.5", true),
            ("gzip;q=0.5, *", false),
            ("gzip, *;q=0", true),
            ("br", false),
            ("gzip;q=0, br;q=0", false),
            ("identity", false),
            ("", false),
        ] {
            let request = TestRequest::default().insert_header((ACCEPT_ENCODING, header)).to_http_request();
            let accepted = AcceptEncoding::parse(&request);
            assert_eq!(accepted.is_ok_and(|accepted| takes_gzip(&accepted)), expected, "{header:?}");
        }
    }
}
