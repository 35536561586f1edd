namespace LuohuIOC.Detection.Nowcast;

/// <summary>Forecast errors of one station and horizon, beside those of "it stays as it is" and of "it goes on as in the last ten minutes".</summary>
public sealed class FitScore
{
    private const double MissCost = 2 / (1 - 0.9);

    private double _nowcast;
    private double _persistence;
    private double _trend;
    private double _sum;
    private double _squares;
    private int _covered;
    private int _wet;
    private int _wetCovered;
    private double _wetWidth;
    private double _dryWidth;
    private double _wetLoss;

    public int Count { get; private set; }

    public double LevelMax { get; private set; } = double.NegativeInfinity;

    public double Coverage => (double)_covered / Count;

    public int Wet => _wet;

    public int WetCovered => _wetCovered;

    /// <summary>Sum of the interval's width over wet minutes.</summary>
    public double WetWidth => _wetWidth;

    /// <summary>The same over the others.</summary>
    public double DryWidth => _dryWidth;

    /// <summary>
    /// Sum of the interval score over wet minutes (Winkler 1972; Gneiting &amp; Raftery 2007): width, and for a miss twenty times the distance
    /// to the nearer end, as fits an interval of 90 %. Less is better; neither a narrow nor a wide one is well off.
    /// </summary>
    public double WetLoss => _wetLoss;

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
        if (!wet)
        {
            _dryWidth += high - low;
            return;
        }
        _wet++;
        _wetWidth += high - low;
        _wetLoss += high - low + (MissCost * Math.Max(0, Math.Max(low - then, then - high)));
        if (covered) _wetCovered++;
    }
}
