using System.Globalization;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Spatial;

namespace LuohuIOC.Registry.District;

/// <summary>
/// The whole district at synthetic positions, the same on every machine: what an empty registry begins with. Kinds draw their lots
/// apart, so that another count of one leaves the others where they are.
/// </summary>
internal sealed class LuohuDistrict
{
    private const double FallMetresMin = 30;

    private readonly DistrictPlan _plan = DistrictPlan.Load();
    private readonly IReadOnlyDictionary<string, int> _counts;
    private readonly Dictionary<string, KindPlan> _kinds;
    private readonly Dictionary<(string Kind, string Place), int> _named = [];
    private readonly Dictionary<string, int> _onGateway = [];
    private readonly List<SensorDraft> _drafts = [];
    private readonly RiverCourse[] _rivers;
    private readonly Ground _ground;

    private LuohuDistrict(IReadOnlyDictionary<string, int> counts)
    {
        _counts = counts;
        _kinds = _plan.Kinds.ToDictionary(k => k.Kind);
        _rivers = [.. _plan.Rivers.Select(r => new RiverCourse(r))];
        _ground = new Ground(_plan, DiceFor(SensorKind.Generic));
    }

    /// <param name="counts">Other counts than the plan's by wire name of the kind; those of listed kinds are not looked at.</param>
    public static IReadOnlyList<SensorDraft> Generate(IReadOnlyDictionary<string, int> counts)
    {
        var district = new LuohuDistrict(counts);
        district.AddListed();
        district.AddOutfalls();
        district.AddPipes();
        foreach (var kind in new[] { SensorKind.RainGauge, SensorKind.Smoke, SensorKind.Heat, SensorKind.Parking, SensorKind.Gas, SensorKind.Charger, SensorKind.Manhole })
            district.AddInTown(kind);
        district.AddSlopes();
        return district._drafts;
    }

    private void AddListed()
    {
        var dice = DiceFor(SensorKind.River);
        foreach (var river in _rivers)
            for (var i = 0; i < river.Plan.Sections.Length; i++)
            {
                var section = river.Plan.Sections[i];
                var next = i + 1 < river.Plan.Sections.Length ? river.Plan.Sections[i + 1].Id : river.Plan.Into;
                Add(dice, SensorKind.River, section.Id, section.Name, river.At(section.At), next);
            }
        foreach (var place in _plan.Places)
        {
            KindCatalogue.TryParse(place.Kind, out var kind);
            if (kind != SensorKind.Waterlogging) Add(dice, kind, place.Id, place.Name, DistrictPlan.PointOf(place.At), place.Downstream);
        }
    }

    // Spread over the rivers by length, on both banks in turn, all above the river's last section so that their water is gauged.
    private void AddOutfalls()
    {
        var dice = DiceFor(SensorKind.Outfall);
        var plan = PlanOf(SensorKind.Outfall);
        var count = CountOf(plan);
        var total = _rivers.Sum(r => r.LengthMetres);
        for (var i = 0; i < count; i++)
        {
            var along = (i + 0.2 + 0.6 * dice.Share()) / count * total;
            var river = _rivers[0];
            foreach (var candidate in _rivers)
            {
                river = candidate;
                if (along < candidate.LengthMetres) break;
                along -= candidate.LengthMetres;
            }
            var share = Math.Min(1, along / river.LengthMetres) * river.Plan.Sections[^1].At;
            var place = river.At(share, (i % 2 == 0 ? 1 : -1) * (15 + 20 * dice.Share()));
            Add(dice, SensorKind.Outfall, IdOf(plan, i), NameOf(plan, river.Plan.Name), place, river.StationBelow(share));
        }
    }

    // Water runs towards the river: each pipe flows into the nearest pipe that lies nearer to a river, or into an outfall, so no loop.
    private void AddPipes()
    {
        var dice = DiceFor(SensorKind.Pipe);
        var plan = PlanOf(SensorKind.Pipe);
        var low = _plan.Places.Where(p => p.Kind == KindCatalogue.Of(SensorKind.Waterlogging).Name).ToArray();
        var outfalls = _drafts.Where(d => d.Kind == SensorKind.Outfall).Select(d => (d.Id, d.Place!.Value)).ToArray();
        var places = new List<GeoPoint>();
        for (var i = 0; i < CountOf(plan); i++)
            places.Add(Ground.Inside(i < low.Length ? dice.Around(DistrictPlan.PointOf(low[i].At), 90) : NearRiver(dice)));
        var fall = places.Select(FromRiver).ToArray();
        for (var i = 0; i < places.Count; i++)
        {
            var here = places[i];
            var lower = Enumerable.Range(0, places.Count).Where(j => fall[j] < fall[i] - FallMetresMin).Select(j => (IdOf(plan, j), places[j]));
            Add(dice, SensorKind.Pipe, IdOf(plan, i), NameOf(plan, _ground.Locate(here).PlaceName), here, Nearest(here, lower.Concat(outfalls)));
        }
        var pipes = places.Select((p, i) => (IdOf(plan, i), p)).ToArray();
        foreach (var point in low)
        {
            var at = DistrictPlan.PointOf(point.At);
            Add(dice, SensorKind.Waterlogging, point.Id, point.Name, at, Nearest(at, pipes));
        }
    }

    private static string? Nearest(GeoPoint here, IEnumerable<(string Id, GeoPoint Place)> stations) =>
        stations.OrderBy(s => s.Place.MetresTo(here)).Select(s => s.Id).FirstOrDefault();

    private void AddInTown(SensorKind kind)
    {
        var dice = DiceFor(kind);
        var plan = PlanOf(kind);
        for (var i = 0; i < CountOf(plan); i++)
        {
            var place = _ground.InTown(dice);
            Add(dice, kind, IdOf(plan, i), NameOf(plan, _ground.Locate(place).PlaceName), place, null);
        }
    }

    private void AddSlopes()
    {
        var dice = DiceFor(SensorKind.Slope);
        var plan = PlanOf(SensorKind.Slope);
        for (var i = 0; i < CountOf(plan); i++)
        {
            var (place, hill) = _ground.OnHill(dice);
            Add(dice, SensorKind.Slope, IdOf(plan, i), NameOf(plan, hill), place, null);
        }
    }

    private void Add(SeededDice dice, SensorKind kind, string id, string name, GeoPoint place, string? downstream)
    {
        var inside = Ground.Inside(place);
        var (street, committee, _) = _ground.Locate(inside);
        var days = _plan.InstalledTo.DayNumber - _plan.InstalledFrom.DayNumber + 1;
        _drafts.Add(new SensorDraft
        {
            Line = _drafts.Count + 1,
            Id = id,
            Kind = kind,
            Name = name,
            Place = inside,
            Street = street.Name,
            Community = committee,
            Gateway = GatewayOf(PlanOf(kind), street),
            InstalledOn = _plan.InstalledFrom.AddDays(dice.Below(days)),
            Synthetic = true,
            Downstream = downstream,
            Given = SensorFields.All,
        });
    }

    // In turn, so that the gateways of one pattern carry equal loads.
    private string GatewayOf(KindPlan plan, Street street)
    {
        var turn = Next(_onGateway, string.Format(CultureInfo.InvariantCulture, plan.Gateway, street.Code, 0)) % plan.Gateways;
        return string.Format(CultureInfo.InvariantCulture, plan.Gateway, street.Code, turn + 1);
    }

    private string NameOf(KindPlan plan, string place) => string.Format(CultureInfo.InvariantCulture, plan.Name!, place, Next(_named, (plan.Kind, place)) + 1);

    private GeoPoint NearRiver(SeededDice dice)
    {
        const double ReachMetres = 1500;
        const int TriesMax = 200;
        var place = _ground.InTown(dice);
        for (var i = 0; i < TriesMax && FromRiver(place) > ReachMetres; i++) place = _ground.InTown(dice);
        return place;
    }

    private double FromRiver(GeoPoint place) => _rivers.Min(r => r.MetresFrom(place));

    private KindPlan PlanOf(SensorKind kind) => _kinds[KindCatalogue.Of(kind).Name];

    private int CountOf(KindPlan plan) => _counts.TryGetValue(plan.Kind, out var count) ? count : plan.Count;

    // outfall-001; the digits grow with a larger count.
    private string IdOf(KindPlan plan, int index) =>
        plan.Prefix + (index + 1).ToString($"D{Math.Max(plan.Digits, (int)Math.Log10(Math.Max(1, CountOf(plan))) + 1)}", CultureInfo.InvariantCulture);

    private SeededDice DiceFor(SensorKind kind) => new(_plan.Seed * 64 + (ulong)kind);

    private static int Next<TKey>(Dictionary<TKey, int> counters, TKey key) where TKey : notnull
    {
        var count = counters.GetValueOrDefault(key);
        counters[key] = count + 1;
        return count;
    }
}
