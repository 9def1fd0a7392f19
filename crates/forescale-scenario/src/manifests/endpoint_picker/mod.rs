//! `kind: EndpointPickerConfig`.

mod flow_control;
mod plugins;
mod schema;
mod versions;

pub(crate) use flow_control::WaitingLimits;
pub(crate) use schema::EndpointPicker;

use super::Found;
use crate::codes;
use crate::context::{Context, Told};
use forescale_core::gateway::{GatewayConfig, Release};
use forescale_document::Diagnostic;
use plugins::Plugins;

impl Found<EndpointPicker> {
    /// The gateway's settings.
    pub(crate) fn resolve(
        &self,
        context: &mut Context,
        release: Release,
        limits: &WaitingLimits,
    ) -> Told<GatewayConfig> {
        let config = &self.object;
        self.check_version(context, release)?;
        let plugins = Plugins { config, tree: &self.source.tree };
        // Each part tells its own mistakes before any of them stops the reading.
        let known = plugins.check(context);
        let detector = plugins.detector(context);
        let has_flow_control = self.has_flow_control(context);
        let flow_control = match has_flow_control {
            Ok(true) => plugins.flow_control(context, release, limits).map(Some),
            Ok(false) => Ok(None),
            Err(stopped) => Err(stopped),
        };
        let scorers = plugins.scorers(context);
        let prefix_producer = plugins.prefix_producer(context);
        known?;
        Ok(GatewayConfig {
            release,
            flow_control: flow_control?,
            detector: detector?,
            scorers: scorers?,
            prefix_producer: prefix_producer?,
            ..GatewayConfig::default()
        })
    }

    fn has_flow_control(&self, context: &mut Context) -> Told<bool> {
        let mut on = false;
        for gate in &self.object.feature_gates {
            match gate.as_str() {
                "flowControl" | "flowControl=true" => on = true,
                "flowControl=false" => on = false,
                other if other.starts_with("haPopulateNonLeaderDatastore") => {}
                other => {
                    let message = format!("there is no feature gate `{other}`");
                    let diagnostic = Diagnostic::error(codes::UNKNOWN_REFERENCE, gate.span(), message);
                    return context
                        .fail(diagnostic.help("there are flowControl and haPopulateNonLeaderDatastore"));
                }
            }
        }
        Ok(on)
    }
}
