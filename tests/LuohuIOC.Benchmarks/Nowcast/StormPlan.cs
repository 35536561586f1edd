using LuohuIOC.Simulator.Seeds;
using LuohuIOC.Simulator.Weather;

namespace LuohuIOC.Benchmarks.Nowcast;

internal enum StormShape
{
    /// <summary>The design storm of the intensity formula: one smooth peak.</summary>
    Design,

    /// <summary>See <see cref="UnevenStorm"/>.</summary>
    Uneven,

    /// <summary>The storm of 2023-09-07 with its two bursts in 22 hours, standing over Donghu street.</summary>
    September2023,

    /// <summary>No rain at all.</summary>
    Dry,
}

/// <summary>What makes one storm; the same plan makes the same storm.</summary>
/// <param name="Seed">Of the cell's path, the gusts, the tide's hour and the instruments' noise.</param>
/// <param name="Shape">Kind of its course.</param>
/// <param name="ReturnPeriodYears">Of the strongest part.</param>
internal sealed record StormPlan(int Seed, StormShape Shape, double ReturnPeriodYears)
{
    private const int PartsMax = 5;

    private static readonly DateTimeOffset Season = new(2026, 6, 1, 0, 0, 0, TimeSpan.FromHours(8));

    public DateTimeOffset Start { get; } = Season + TimeSpan.FromMinutes(new Seeded(Seed, "start").Below(90 * 1440));

    /// <summary>Design and uneven storms in turn, return periods evenly spread on a logarithmic scale.</summary>
    public static StormPlan[] Many(int count, int firstSeed, double yearsMax) =>
    [
        .. Enumerable.Range(firstSeed, count).Select(seed =>
            new StormPlan(seed, seed % 2 == 0 ? StormShape.Design : StormShape.Uneven, new Seeded(seed, "return period").LogBetween(0.5, yearsMax))),
    ];

    /// <summary>Ordinary weather.</summary>
    public static StormPlan[] DryOnes(int count, int firstSeed) => [.. Enumerable.Range(firstSeed, count).Select(seed => new StormPlan(seed, StormShape.Dry, double.NaN))];

    public Hyetograph Course()
    {
        var random = new Seeded(Seed, "course");
        ChicagoStorm Part(double years) => new(years, TimeSpan.FromMinutes(random.LogBetween(45, 360)), random.Between(0.25, 0.7));
        if (Shape == StormShape.Dry) return Hyetograph.None;
        if (Shape == StormShape.September2023) return new SeptemberStorm();
        if (Shape == StormShape.Design) return Part(ReturnPeriodYears);
        var parts = new List<(ChicagoStorm, TimeSpan)> { (Part(ReturnPeriodYears), TimeSpan.FromMinutes(random.Between(0, 60))) };
        for (var more = random.Below(PartsMax); more > 0; more--)
            parts.Add((Part(random.LogBetween(0.25, Math.Max(0.5, ReturnPeriodYears))), TimeSpan.FromMinutes(random.Between(0, 480))));
        return new UnevenStorm(parts, Seed);
    }
}
