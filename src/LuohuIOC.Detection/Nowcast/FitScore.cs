namespace LuohuIOC.Detection.Nowcast;

/// <summary>Forecast errors of one station and horizon, beside those of "it stays as it is" and of "it goes on as in the last ten minutes".</summary>
public sealed class FitScore
{
    private double _nowcast;
    private double _persistence;
    private double _trend;
    private double _sum;
    private double _squares;
    private int _covered;
    private int _wet;
    private int _wetCovered;
    private double _wetWidth;

    public int Count { get; private set; }

    public double LevelMax { get; private set; } = double.NegativeInfinity;

    public double Coverage => (double)_covered / Count;

    public int Wet => _wet;

    public int WetCovered => _wetCovered;

    public double WetWidth => _wetWidth;

    /// <summary>Nash–Sutcliffe: 1 is perfect, 0 is as good as the mean.</summary>
    public double Nowcast => 1 - (_nowcast / Variance);

    public double Persistence => 1 - (_persistence / Variance);

    public double Trend => 1 - (_trend / Variance);

    private double Variance => _squares - (_sum * _sum / Count);

    /// <param name="then">What came.</param>
    /// <param name="value">What the nowcast said.</param>
    /// <param name="low">Lower end of its interval.</param>
    /// <param name="high">Upper end.</param>
    /// <param name="now">The level when it was said.</param>
    /// <param name="trend">The trend's forecast.</param>
    /// <param name="wet">Whether the minute counts as wet.</param>
    public void Add(double then, double value, double low, double high, double now, double trend, bool wet)
    {
        Count++;
        _sum += then;
        _squares += then * then;
        LevelMax = Math.Max(LevelMax, then);
        _nowcast += (then - value) * (then - value);
        _persistence += (then - now) * (then - now);
        _trend += (then - trend) * (then - trend);
        var covered = then >= low && then <= high;
        if (covered) _covered++;
        if (!wet) return;
        _wet++;
        _wetWidth += high - low;
        if (covered) _wetCovered++;
    }
}
