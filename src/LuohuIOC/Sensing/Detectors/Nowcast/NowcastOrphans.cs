using LuohuIOC.Alerts;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>
/// Alerts of forecasts that nobody makes any more: forecasts are switched off, or the station was retired, or its gauges were, or others have more
/// stations upstream by now. Nothing else would end them.
/// </summary>
internal static class NowcastOrphans
{
    private const string Prefix = "nowcast-";

    /// <param name="open">Open alerts.</param>
    /// <param name="isForecast">The station, by its id, is forecast.</param>
    /// <param name="nowMs">Unix ms.</param>
    public static IEnumerable<(string SensorId, RuleChange Change)> Of(IEnumerable<AlertView> open, Predicate<string> isForecast, long nowMs) =>
        from alert in open
        where alert.Rule.StartsWith(Prefix, StringComparison.Ordinal) && alert.ClearedAt is null && !isForecast(alert.SensorId)
        select (alert.SensorId, new RuleChange(alert.Rule, null, alert.Metric, double.NaN, double.NaN, nowMs, """{"nowcast":{"ended":"off"}}"""));
}
