using LuohuIOC.Detection;

namespace LuohuIOC.Tests.Detection;

/// <summary>A model at work on a synthetic station, with the hold that the product uses.</summary>
internal sealed class Watch(PcaModel model)
{
    private readonly AlarmHold _hold = new(model.HoldCount, model.HoldWindow);
    private readonly double[] _values = new double[8];
    private bool _alarmed;

    public PcaDetector Detector { get; } = new(model);

    public double Held { get; private set; }

    public int AlarmsOver(SyntheticStation station, int days)
    {
        var alarms = 0;
        for (var i = 0; i < days * station.ReadingsPerDay; i++)
        {
            var before = _alarmed;
            Step(station, -1, 0);
            if (_alarmed && !before) alarms++;
        }
        return alarms;
    }

    /// <summary>Lets a day at most pass until twenty readings in a row are no alarm.</summary>
    public void UntilQuiet(SyntheticStation station, int metric = -1, double offset = 0)
    {
        for (int quiet = 0, readings = 0; quiet < 20; readings++)
        {
            quiet = Step(station, metric, offset) ? 0 : quiet + 1;
            if (readings > station.ReadingsPerDay) throw new InvalidOperationException("in alarm for a day without a fault");
        }
    }

    /// <summary>One reading with an offset on one metric, kept between low and high; true when it is in alarm.</summary>
    public bool Step(SyntheticStation station, int metric, double offset, double low = double.MinValue, double high = double.MaxValue)
    {
        var timeMs = station.Next(_values);
        if (metric >= 0) _values[metric] = Math.Clamp(_values[metric] + offset, low, high);
        Detector.Observe(timeMs, _values);
        if (Detector.Verdict == DetectorVerdict.Scored) Held = _hold.Push(Detector.Score);
        return _alarmed = Held > model.Threshold;
    }
}
