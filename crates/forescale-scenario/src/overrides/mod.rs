//! Values replaced before anything is read: by `--set PATH=VALUE`, by a variant, by a point of a sweep.

mod alternatives;
mod set;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use set::read;
pub(crate) use table::{assignments, leaves, path_of};

use crate::codes;
use crate::context::{Context, Stopped, Told};
use crate::manifests::{Address, Edit, Object, address, current, edit, field, refused};
use alternatives::Alternatives;
use forescale_document::{Diagnostic, Node, Path, PathError, Span, Step, Value, toml, yaml};

/// A path, and what is put at its end.
#[derive(Clone, Debug)]
pub(crate) struct Override {
    path: Path,
    /// `None` takes out what is there.
    value: Option<Node>,
    /// Of the path.
    span: Span,
    /// Of its steps, if they are known.
    places: Vec<Span>,
    /// Which object of the manifests the path leads into; the scenario otherwise.
    address: Option<Address>,
}

impl Override {
    /// A path as users write it, from its first word on.
    pub(crate) fn new(context: &mut Context, path: Path, value: Option<Node>, span: Span) -> Told<Self> {
        let first = match path.0.first() {
            Some(Step::Key(key)) => address(key),
            _ => None,
        };
        let Some(address) = first else {
            return Ok(Self { path, value, span, places: Vec::new(), address: None });
        };
        let path = Path(path.0.into_iter().skip(1).collect());
        if path.0.is_empty() && value.is_some() {
            let message =
                format!("`{}` is the whole {}; a path leads to a value in it", address.word, address.kind);
            let diagnostic = Diagnostic::error(codes::NO_SUCH_PATH, span, message);
            return context.fail(diagnostic.help("for example `hpa.spec.maxReplicas`"));
        }
        Ok(Self { path, value, span, places: Vec::new(), address: Some(address) })
    }

    /// With the places of its steps.
    fn with_places(self, places: Vec<Span>) -> Self {
        Self { places, ..self }
    }

    /// Whether the path begins with one of these keys of the scenario.
    pub(crate) fn begins_with(&self, keys: &[&str]) -> bool {
        matches!(self.path.0.first(), Some(Step::Key(key)) if self.address.is_none() && keys.contains(&key.as_str()))
    }

    /// The place that the path leads to, in one spelling that all paths to it have, and what is written there, as TOML.
    pub(crate) fn current(
        &self,
        context: &mut Context,
        tree: &Node,
        objects: &mut [Object],
    ) -> Told<Result<(String, Option<String>), PathError>> {
        let Some(address) = &self.address else {
            return Ok(Ok((self.path.to_string(), self.path.find(tree).map(toml::text))));
        };
        let index = address.find(context, objects, self.span)?;
        Ok(objects.get(index).map_or_else(|| Ok(Default::default()), |object| current(object, &self.path)))
    }

    /// Changes the tree of the scenario.
    fn apply(&self, tree: &mut Node) -> Result<(), PathError> {
        match &self.value {
            Some(value) => {
                Alternatives::default().make_room(tree, &self.path);
                let place = |step: usize| self.places.get(step).copied().unwrap_or(self.span);
                self.path.set_at(tree, value.clone(), place)
            }
            None => self.path.remove(tree),
        }
    }

    /// Changes an object.
    fn apply_to(&self, object: &mut Object) -> Result<(), PathError> {
        match &self.value {
            Some(value) => {
                let Edit { path, value: new, is_new_item } = edit(object, &self.path, &value.value)?;
                let new = Node { value: new, span: value.span };
                if !is_new_item {
                    return path.set(&mut object.tree, new, self.span);
                }
                let mut items = path.find(&object.tree).map(Node::items).unwrap_or_default().to_vec();
                let span = path.find(&object.tree).map_or(self.span, |list| list.span);
                items.push(new);
                path.set(&mut object.tree, Node { value: Value::List(items), span }, self.span)
            }
            None => {
                let field = field(object, &self.path)?;
                match &field.flag {
                    None => field.path.remove(&mut object.tree),
                    Some(flag) => {
                        let words = field.path.find(&object.tree).map(Node::items).unwrap_or_default();
                        let Some((first, count)) = flag.words(words) else {
                            let message = format!("`{}` has no `{}`", field.path, flag.word());
                            return Err(PathError { message, help: String::new(), at: 0 });
                        };
                        let mut path = field.path;
                        path.0.push(Step::Index(first));
                        (0..count).try_for_each(|_| path.remove(&mut object.tree))
                    }
                }
            }
        }
    }
}

/// A text of a manifest with one value of it replaced.
pub(crate) struct Patch {
    /// The file's name.
    pub(crate) file: String,
    pub(crate) text: String,
}

impl Override {
    /// What this makes of the file that its object stands in; `None` where it leads into the scenario.
    pub(crate) fn patch(&self, context: &mut Context, objects: &mut [Object]) -> Told<Option<Patch>> {
        let (Some(address), Some(value)) = (&self.address, &self.value) else { return Ok(None) };
        let index = address.find(context, objects, self.span)?;
        let Some(object) = objects.get(index) else { return Ok(None) };
        let refuse = |message: String| Diagnostic::error(codes::NO_SUCH_PATH, self.span, message);
        let Edit { path, value, is_new_item } = match edit(object, &self.path, &value.value) {
            Ok(edit) => edit,
            Err(error) => return context.fail(refused(error, codes::NO_SUCH_PATH, self.span)),
        };
        let Some(old) = path.find(&object.tree).filter(|_| !is_new_item) else {
            let message =
                format!("{} has no `{}`: what is not written cannot be patched", object.title(), path);
            return context.fail(refuse(message).help("write it with any value first"));
        };
        let source = old.span.source;
        let (file, text) = (context.report.sources.name(source), context.report.sources.text(source));
        match yaml::patch(text, old.span.start..old.span.end, &value) {
            Ok(text) => Ok(Some(Patch { file: file.to_owned(), text })),
            Err(message) => {
                let diagnostic = refuse(format!("`{path}` cannot be patched: {message}"));
                context.fail(diagnostic.related(old.span, "it stands here"))
            }
        }
    }
}

/// Replaces values of the scenario. All mistakes are told.
pub(crate) fn apply_to_scenario(context: &mut Context, overrides: &[Override], tree: &mut Node) -> Told<()> {
    let mut told = Ok(());
    for given in overrides.iter().filter(|given| given.address.is_none()) {
        if let Err(error) = given.apply(tree) {
            told = context.fail(refused(error, codes::NO_SUCH_PATH, given.span));
        }
    }
    told
}

/// Replaces values of the manifests. All mistakes are told.
pub(crate) fn apply_to_manifests(
    context: &mut Context,
    overrides: &[Override],
    objects: &mut Vec<Object>,
) -> Told<()> {
    let mut told = Ok(());
    for given in overrides {
        let Some(address) = &given.address else { continue };
        let Ok(index) = address.find(context, objects, given.span) else {
            told = Err(Stopped);
            continue;
        };
        if given.path.0.is_empty() {
            objects.remove(index);
            continue;
        }
        let Some(object) = objects.get_mut(index) else { continue };
        match given.apply_to(object) {
            Ok(()) => object.read_name(),
            Err(error) => told = context.fail(refused(error, codes::NO_SUCH_PATH, given.span)),
        }
    }
    told
}
