//! `image`: a generated image, from nothing to its last version.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::mint::IdKind;
use super::super::script::{Script, Step};
use super::stage::{Scene, added, done, steps, update};
use crate::protocol::{
    Extra, GeneratedImage, GeneratedImageItem, ImageUpdated, Item, ItemKind, Update,
};

/// How far each version is, and how blurred it is, in pixels.
const VERSIONS: &[(f64, u32)] = &[(0.25, 24), (0.5, 12), (0.75, 5)];

/// `image`: added without a picture, then sharper from version to version under one id, as the
/// reference server does with an image model's partial results.
pub(super) fn generate(scene: &Scene) -> Script {
    let mut item = scene.item(IdKind::Message, image_item(None));
    let id = scene.id("img");
    let mut play = vec![added(item.clone()), scene.beat()];
    for &(progress, blur) in VERSIONS {
        play.push(version(&item, picture(&id, blur), progress));
        play.push(scene.beat());
    }
    item.kind = image_item(Some(picture(&id, 0)));
    play.push(done(item));
    steps(play)
}

fn version(item: &Item, image: GeneratedImage, progress: f64) -> Step {
    let body = ImageUpdated {
        image,
        progress: Some(progress),
        extra: Extra::default(),
    };
    update(&item.id, Update::ImageUpdated(body))
}

fn image_item(image: Option<GeneratedImage>) -> ItemKind {
    ItemKind::GeneratedImage(GeneratedImageItem {
        image,
        extra: Extra::default(),
    })
}

/// A picture that needs no network: the whole of it stands in its address.
fn picture(id: &str, blur: u32) -> GeneratedImage {
    let svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><filter id="b"><feGaussianBlur stdDeviation="{blur}"/></filter><rect width="512" height="512" fill="#7dd3fc"/><g filter="url(#b)"><circle cx="380" cy="130" r="60" fill="#fde047"/><path d="M0 512 180 210 300 400 380 300 512 512Z" fill="#15803d"/></g></svg>"##
    );
    GeneratedImage {
        id: id.into(),
        url: format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg)),
        extra: Extra::default(),
    }
}
