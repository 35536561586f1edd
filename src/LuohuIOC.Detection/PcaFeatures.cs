namespace LuohuIOC.Detection;

/// <summary>From a window to the model's row.</summary>
internal static class PcaFeatures
{
    /// <summary>Fills the row; NaN for features of metrics that the window lacks. Returns how many metrics those are.</summary>
    public static int Standardise(FeatureWindow window, PcaFeature[] features, Span<double> row)
    {
        var missing = 0;
        var metric = -1;
        var (level, step) = (double.NaN, double.NaN);
        for (var i = 0; i < features.Length; i++)
        {
            var feature = features[i];
            if (feature.Metric != metric)
            {
                metric = feature.Metric;
                (level, step) = window.Of(metric);
                if (double.IsNaN(level)) missing++;
            }
            row[i] = SoftScale.Apply(feature.Kind == FeatureKind.Level ? level : step, feature.Centre, feature.Scale);
        }
        return missing;
    }
}
