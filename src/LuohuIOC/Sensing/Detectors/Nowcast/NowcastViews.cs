using LuohuIOC.Detection.Nowcast;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Texts;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>Forecasts in the words of the API.</summary>
internal sealed class NowcastViews(SensorRegistry registry, NowcastBoard board, NowcastModels models, TrainingJob job, NowcastSettings settings)
{
    private static readonly NowcastOptions Trained = new();

    /// <summary>In the order of the sensors' numbers.</summary>
    public NowcastPage All(string language) => new([.. board.All.Select(s => Of(registry[s.Sensor], s.Nowcast, language))], null);

    /// <summary>Null for kinds that are not forecast.</summary>
    public NowcastView? Of(Sensor sensor, string language) => NowcastMap.MetricOf(sensor.Kind) is null ? null
        : Of(sensor, board.Of(sensor.Number), language) with { Training = Training(sensor, language) };

    private NowcastView Of(Sensor sensor, StationNowcast? nowcast, string language)
    {
        var metric = NowcastMap.MetricOf(sensor.Kind)!;
        var state = StateOf(nowcast);
        var crossing = nowcast is null ? double.NaN : nowcast.CrossingMinutes;
        return new NowcastView(
            sensor.Id, sensor.Name, KindCatalogue.Of(sensor.Kind).Name, metric, "m", state, TextBook.Get(language, $"nowcast.state.{state}"),
            nowcast is null ? null : At(nowcast, 0), Metres(nowcast?.Now), [.. (nowcast?.Values ?? []).Select(v => new HorizonView(
                v.Minutes, At(nowcast!, v.Minutes), Math.Round(v.Value, 3), Math.Round(v.Low, 3), Math.Round(v.High, 3)))],
            Trained.Coverage, Metres(nowcast?.Threshold), ReachOf(nowcast),
            double.IsNaN(crossing) ? null : new CrossingView((int)Math.Round(crossing), At(nowcast!, crossing)), TextOf(nowcast, sensor, metric, language),
            Millimetres(nowcast?.Rain15), Millimetres(nowcast?.Rain60), settings.Speed, nowcast?.Model is { } model ? ModelOf(model, language) : null)
        {
            Residual = nowcast?.Residual is { } residual ? ResidualOf(residual, sensor, metric, language) : null,
        };
    }

    private static ResidualView ResidualOf(NowcastResidual residual, Sensor sensor, string metric, string language) => new(
        residual.Minutes, Math.Round(residual.Expected, 3), Math.Round(residual.Low, 3), Math.Round(residual.High, 3), Math.Round(residual.Value, 3), Math.Round(residual.Factor, 1),
        TextBook.Get(
            language, Math.Abs(residual.Factor) <= 1 ? "nowcast.residual.inside" : residual.Factor > 0 ? "nowcast.residual.above" : "nowcast.residual.below", residual.Minutes,
            Figure(language, sensor, metric, residual.Expected), Interval(language, sensor, metric, residual.Low, residual.High), Figure(language, sensor, metric, residual.Value)));

    private static string StateOf(StationNowcast? nowcast) => nowcast?.Silence switch
    {
        null => "off",
        NowcastSilence.None => "forecast",
        NowcastSilence.Waiting => "waiting",
        NowcastSilence.Station => "station-silent",
        NowcastSilence.Rain => "rain-silent",
        NowcastSilence.RainSeldom => "rain-seldom",
        _ => "no-model",
    };

    private static string ReachOf(StationNowcast? nowcast) => nowcast is null ? "none" : nowcast.Now >= nowcast.Threshold ? "reached" : nowcast.Reach switch
    {
        NowcastReach.Expected => "expected",
        NowcastReach.Possible => "possible",
        _ => "none",
    };

    // The horizon that officers plan with: half an hour, or what there is.
    private static string? TextOf(StationNowcast? nowcast, Sensor sensor, string metric, string language)
    {
        if (nowcast is not { Values.Length: > 0 }) return null;
        var told = Array.Find(nowcast.Values, v => v.Value >= nowcast.Threshold) is { Minutes: > 0 } first ? first
            : nowcast.Values.FirstOrDefault(v => v.Minutes >= 30, nowcast.Values[^1]);
        var text = TextBook.Get(language, $"nowcast.text.{metric}", told.Minutes, Figure(language, sensor, metric, told.Value), Interval(language, sensor, metric, told.Low, told.High));
        var threshold = Figure(language, sensor, metric, nowcast.Threshold);
        if (!(nowcast.Now < nowcast.Threshold)) return text;
        return nowcast.Reach switch
        {
            NowcastReach.Expected => text + TextBook.Get(language, "nowcast.text.expected", threshold, Math.Round(nowcast.CrossingMinutes)),
            NowcastReach.Possible => text + TextBook.Get(language, "nowcast.text.possible", threshold),
            _ => text,
        };
    }

    private static NowcastModelView ModelOf(ModelInUse model, string language) => new(
        model.IsOwn ? "own" : "prior", TextBook.Get(language, model.IsOwn ? "nowcast.origin.own" : "nowcast.origin.prior"), model.Version, model.Pinned,
        model.IsOwn ? model.Model.TrainedAt : null, model.Model.Episodes, model.Scores);

    private NowcastTrainingView Training(Sensor sensor, string language)
    {
        var attempt = models.AttemptOf(sensor.Id);
        var own = models.Own(sensor.Id);
        var inUse = board.Of(sensor.Number)?.Model is { IsOwn: true };
        var state = inUse ? "in-use" : own is not null ? "not-better" : attempt is null ? "untried" : attempt.Events is null ? "failed" : "too-few-events";
        return new NowcastTrainingView(
            state, TextBook.Get(language, $"nowcast.training.{state}", attempt?.Events ?? 0, Trained.EpisodesMin), job.IsWaiting(ModelsDatabase.Nowcast.Name, sensor.Id),
            attempt?.At, models.Versions(sensor.Id));
    }

    private DateTimeOffset At(StationNowcast nowcast, double minutes) => DateTimeOffset.FromUnixTimeMilliseconds(nowcast.IssuedMs + (long)(minutes * settings.MinuteMs));

    private static double? Metres(double? value) => value is { } known && double.IsFinite(known) ? Math.Round(known, 3) : null;

    private static double? Millimetres(double? value) => value is { } known && double.IsFinite(known) ? Math.Round(known, 1) : null;

    private static string Figure(string language, Sensor sensor, string metric, double metres) => Figures.Of(language, KindCatalogue.Of(sensor.Kind).Name, metric, metres);

    private static string Interval(string language, Sensor sensor, string metric, double low, double high) =>
        Figures.Between(language, KindCatalogue.Of(sensor.Kind).Name, metric, low, high);
}
