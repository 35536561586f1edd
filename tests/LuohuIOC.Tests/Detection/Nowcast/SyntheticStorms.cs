using LuohuIOC.Detection.Nowcast;

namespace LuohuIOC.Tests.Detection.Nowcast;

/// <summary>
/// Showers over one gauge, a station upstream that rises with the rain of the last minutes, and one that follows it twenty minutes later:
/// columns 0 own, 1 upstream, 2 gauge.
/// </summary>
internal static class SyntheticStorms
{
    public const int Minutes = 240;

    public static readonly NowcastSite Site = new() { Own = 0, NearGauges = [(2, 1)], DistrictGauges = [2], Upstream = [1], Downstream = [], Floor = 0 };

    public static readonly NowcastOptions Quick = new() { HorizonMinutes = [15, 30], Trees = 40, Leaves = 10, Stride = 1, RowsPerLeafMin = 20, RowsMin = 100 };

    public static NowcastEpisode[] Episodes(int count, int seed) => [.. Enumerable.Range(0, count).Select(i => new NowcastEpisode(Table(seed + i), 0, Minutes - 1))];

    public static MinuteTable Table(int seed, int minutes = Minutes)
    {
        var random = new Random(seed);
        var (peak, height, width) = (random.Next(60, 140), random.NextDouble() * 4, random.Next(8, 25));
        var (upstream, levels) = (0.0, new double[Minutes]);
        var table = new MinuteTable(3, Minutes);
        for (var t = 0; t < minutes; t++)
        {
            var rain = height * Math.Exp(-Math.Pow((double)(t - peak) / width, 2));
            upstream += (0.02 * rain) - (0.05 * upstream);
            levels[t] = upstream;
            table.Append([0.1 + (t < 20 ? 0 : levels[t - 20]) + (0.002 * random.NextDouble()), 0.1 + upstream, Math.Floor(rain * 10) / 10]);
        }
        return table;
    }
}
