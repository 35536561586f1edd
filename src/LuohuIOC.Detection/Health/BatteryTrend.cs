namespace LuohuIOC.Detection.Health;

/// <summary>
/// The line through a battery's readings of the last weeks: exponentially weighted least squares. A charge that rises by ten points is a
/// new battery and begins a new line. Constant memory: seven numbers.
/// </summary>
public sealed class BatteryTrend
{
    private const double DayMs = 86_400_000;
    private const double MemoryDays = 14;

    /// <summary>A shorter line says nothing: temperature moves the charge over the day.</summary>
    private const double SpanDaysMin = 3;

    private const double NewBattery = 10;

    /// <summary>A slower fall, in points a day, is the gauge's rounding.</summary>
    private const double SlopeMin = 0.02;

    // Sums about the newest reading's time: weights, days, days², charge, days·charge.
    private double _weight;
    private double _days;
    private double _squares;
    private double _charge;
    private double _products;
    private double _firstMs;
    private double _lastMs;

    /// <summary>Takes a reading, in percent.</summary>
    public void Observe(long timeMs, double charge)
    {
        if (!double.IsFinite(charge) || timeMs <= _lastMs) return;
        if (_weight > 0 && charge - LineAt(0) >= NewBattery) Clear();
        var step = _weight > 0 ? (timeMs - _lastMs) / DayMs : 0;
        var keep = Math.Exp(-step / MemoryDays);
        // The time of the newest reading is 0: what came before moves back by the step.
        _squares = keep * (_squares - (2 * step * _days) + (step * step * _weight));
        _products = keep * (_products - (step * _charge));
        _days = keep * (_days - (step * _weight));
        (_charge, _weight) = ((keep * _charge) + charge, (keep * _weight) + 1);
        if (_firstMs == 0) _firstMs = timeMs;
        _lastMs = timeMs;
    }

    /// <summary>Points a day, negative while it discharges; NaN while the line is too short.</summary>
    public double SlopePerDay => (_lastMs - _firstMs) / DayMs < SpanDaysMin ? double.NaN : Slope;

    /// <summary>Days until the charge stands at a level if it goes on so; infinite when it does not fall, NaN while nothing is known.</summary>
    public double DaysTo(double level)
    {
        var slope = SlopePerDay;
        if (double.IsNaN(slope)) return double.NaN;
        return slope > -SlopeMin ? double.PositiveInfinity : Math.Max(0, (LineAt(0) - level) / -slope);
    }

    /// <summary>To be stored.</summary>
    public double[] Snapshot() => [_weight, _days, _squares, _charge, _products, _firstMs, _lastMs];

    /// <summary>Takes up what <see cref="Snapshot"/> gave; false, and nothing taken, for anything else.</summary>
    public bool Restore(ReadOnlySpan<double> stored)
    {
        if (stored.Length != 7) return false;
        foreach (var number in stored)
            if (!double.IsFinite(number)) return false;
        (_weight, _days, _squares, _charge, _products, _firstMs, _lastMs) = (stored[0], stored[1], stored[2], stored[3], stored[4], stored[5], stored[6]);
        return true;
    }

    private double Slope => (_weight * _squares) - (_days * _days) is > 1e-9 and var spread ? ((_weight * _products) - (_days * _charge)) / spread : 0;

    private double LineAt(double days) => _weight > 0 ? ((_charge - (Slope * _days)) / _weight) + (Slope * days) : double.NaN;

    private void Clear() => _weight = _days = _squares = _charge = _products = _firstMs = 0;
}
