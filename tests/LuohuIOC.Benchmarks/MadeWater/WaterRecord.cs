using LuohuIOC.Benchmarks.Copies;
using LuohuIOC.Benchmarks.Scores;

namespace LuohuIOC.Benchmarks.MadeWater;

/// <summary>
/// A made record of drinking water, a row a minute: temperature, chlorine, pH, redox, conductivity, turbidity, a second chlorine, two flows. Flow in steps and by the day, wandering over hours to
/// days, recalibrations, missing spells, rounding, unlabelled spikes of one row in one channel. What events look like is in <see cref="WaterContamination"/>.
/// </summary>
internal sealed class WaterRecord
{
    public const int Channels = 9;
    private const int Turbidity = 5, Flow = 7, SecondFlow = 8;
    private const double DayMinutes = 1440;

    /// <summary>Of each channel's wandering: minutes and spread.</summary>
    private static readonly double[] WanderMinutes = [4000, 700, 1500, 900, 2500, 200, 600, 60, 60];
    internal static readonly double[] Wander = [0.5, 0.012, 0.03, 8, 4, 0.004, 0.01, 40, 30];
    private static readonly double[] Noise = [0.02, 0.002, 0.004, 0.8, 0.3, 0.0015, 0.002, 12, 8];
    private static readonly double[] Daily = [0.15, 0.008, 0.02, 4, 0.6, 0.002, 0.006, 250, 150];
    private static readonly double[] OfFlow = [0.0, -0.008, 0.012, -2.0, 0.4, 0.001, -0.006, 0, 0];
    private static readonly double[] Digits = [0.1, 0.01, 0.01, 1, 1, 0.001, 0.01, 1, 1];

    private readonly Random _random;
    private readonly bool _rough;
    private readonly double[] _level;
    private readonly double[] _phase;
    private readonly double[] _wandered = new double[Channels];
    private readonly double[] _recalibrated = new double[Channels];
    private double _demand, _flow, _stirred;
    private int _demandLeft;

    private WaterRecord(int seed, WaterEvents events)
    {
        _random = new Random(7919 * seed + (int)events);
        _level = [6.5 + (2 * _random.NextDouble()), 0.16, 8.4, 750, 210, 0.02, 0.11, 1500, 900];
        // Every other record has coarser digits and less noise.
        _rough = seed % 2 == 1;
        _phase = [.. Enumerable.Range(0, Channels).Select(_ => _random.NextDouble() * 0.6)];
    }

    public static LabelledRows Make(int seed, WaterEvents events, int rows)
    {
        var record = new WaterRecord(seed, events);
        var values = Enumerable.Range(0, rows).Select(record.Row).ToArray();
        var labels = WaterContamination.Into(values, events, record._random);
        record.Report(values);
        return new LabelledRows($"{events} {seed}", values, labels);
    }

    private double[] Row(int minute)
    {
        var day = minute / DayMinutes;
        Operate(day);
        var row = new double[Channels];
        for (var c = 0; c < Channels; c++)
        {
            _wandered[c] += (-_wandered[c] / WanderMinutes[c]) + (Wander[c] * Math.Sqrt(2 / WanderMinutes[c]) * MadeNoise.Gauss(_random));
            var daily = Daily[c] * (Math.Sin(2 * Math.PI * (day + _phase[c])) + (0.5 * Math.Sin(4 * Math.PI * (day + _phase[c]))));
            row[c] = _level[c] + _wandered[c] + daily + (OfFlow[c] * _flow) + _recalibrated[c] + ((_rough ? 0.6 : 1) * Noise[c] * MadeNoise.Gauss(_random));
            if (c == 0) row[c] -= 1.5 * Math.Cos(2 * Math.PI * day / 200);
            if (c == Turbidity) row[c] += _stirred + (0.01 * Math.Pow(_random.NextDouble(), 8));
            if (c == Flow) row[c] += 250 * _demand;
            if (c == SecondFlow) row[c] += 120 * _demand;
        }
        if (_random.NextDouble() < 1 / DayMinutes) Spike(row);
        return row;
    }

    private void Operate(double day)
    {
        if (_demandLeft-- <= 0)
        {
            _demand = ((_random.Next(5) - 2) * 0.5) + (day % 1 * 24 is > 6 and < 22 ? 0.6 : -0.6);
            _demandLeft = (int)(60 * Math.Exp(1.2 + (0.7 * MadeNoise.Gauss(_random))));
            _stirred += 0.01 * _random.NextDouble() * _random.NextDouble();
        }
        _flow += (_demand - _flow) / 25;
        _stirred *= 0.95;
        if (_random.NextDouble() >= 1 / (14 * DayMinutes)) return;
        var channel = _random.Next(1, Flow);
        _recalibrated[channel] += 2 * Wander[channel] * MadeNoise.Gauss(_random);
    }

    private void Spike(double[] row)
    {
        var channel = _random.Next(1, Flow);
        // Drawn for nothing: without it these would be other records than those whose figures are written down.
        _random.Next();
        row[channel] += (4 + (8 * _random.NextDouble())) * Wander[channel] * ((_random.Next(2) * 2) - 1);
    }

    /// <summary>As the instruments tell it: rounded, with spells and single values missing.</summary>
    private void Report(double[][] rows)
    {
        var silent = 0;
        foreach (var row in rows)
        {
            if (silent == 0 && _random.NextDouble() < 0.0075 / 100) silent = _random.Next(50, 150);
            if (silent > 0) silent--;
            for (var c = 0; c < Channels; c++)
            {
                var digit = _rough ? Digits[c] : Digits[c] / 5;
                row[c] = silent > 0 || _random.NextDouble() < 0.0005 ? double.NaN : Math.Round(row[c] / digit) * digit;
            }
        }
    }
}
