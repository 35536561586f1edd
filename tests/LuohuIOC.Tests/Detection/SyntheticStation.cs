using LuohuIOC.Detection;

namespace LuohuIOC.Tests.Detection;

/// <summary>
/// A seeded water-quality station: a daily cycle moves temperature, oxygen and pH; dilution by rain moves conductivity, turbidity,
/// ammonia, phosphorus and the permanganate index together; each has slow and quick noise of its own.
/// </summary>
internal sealed class SyntheticStation(int seed, int intervalMinutes = 15)
{
    public static readonly string[] Metrics =
        ["temperature", "ph", "dissolved_oxygen", "codmn", "ammonia_nitrogen", "total_phosphorus", "turbidity", "conductivity"];

    public const long StartMs = 1_735_660_800_000;

    private readonly Random _random = new(seed);
    private readonly double[] _slow = new double[8];
    private double _rain;
    private double _weather;
    private int _reading;

    public int ReadingsPerDay => 24 * 60 / intervalMinutes;

    public long NextMs => StartMs + (long)_reading * intervalMinutes * 60_000;

    /// <summary>Fills the values of the next reading and returns its time.</summary>
    public long Next(Span<double> values)
    {
        var timeMs = NextMs;
        var hour = timeMs / 3_600_000.0 % 24;
        _weather = 0.999 * _weather + 0.045 * Normal();
        _rain = 0.97 * _rain + (_random.NextDouble() < 0.006 ? 0.5 + 2.5 * _random.NextDouble() : 0);
        for (var m = 0; m < _slow.Length; m++) _slow[m] = 0.95 * _slow[m] + 0.1 * Normal();
        var day = Math.Sin((hour - 9) / 24 * 2 * Math.PI);
        values[0] = 22 + 2.5 * day + 1.5 * _weather - 0.6 * _rain + 0.15 * Own(0);
        values[1] = 7.4 + 0.15 * day - 0.08 * _rain + 0.03 * Own(1);
        values[2] = 6.5 + 1.2 * day - 0.4 * _weather - 0.4 * _rain + 0.2 * Own(2);
        values[3] = 4 + 1.1 * _rain + 0.3 * Own(3);
        values[4] = 0.9 + 0.35 * _rain - 0.05 * day + 0.06 * Own(4);
        values[5] = 0.12 + 0.05 * _rain + 0.01 * Own(5);
        values[6] = 12 * Math.Exp(0.9 * _rain + 0.1 * Own(6));
        values[7] = 420 - 60 * _rain + 10 * _weather + 8 * Own(7);
        _reading++;
        return timeMs;
    }

    public TrainingHistory History(int days)
    {
        var history = new TrainingHistory(Metrics);
        Span<double> values = stackalloc double[8];
        for (var i = 0; i < days * ReadingsPerDay; i++) history.Add(Next(values), values);
        return history;
    }

    public PcaModel Train(int days, PcaOptions? options = null) =>
        PcaTrainer.Train(History(days), options ?? new PcaOptions(), DateTimeOffset.UnixEpoch).Model
        ?? throw new InvalidOperationException($"seed {seed}: {days} days train no model");

    private double Own(int metric) => _slow[metric] + 0.5 * Normal();

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
