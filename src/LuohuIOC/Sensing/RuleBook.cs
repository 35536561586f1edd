using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Rules;
using LuohuIOC.Storage;
using Npgsql;

namespace LuohuIOC.Sensing;

/// <summary>
/// Finds the rules in force for a sensor: defaults per kind, overrides per sensor from <c>rules.db</c>, effective at once.
/// Reading takes no lock; the same object comes back until something changed, so that a pointer comparison tells.
/// </summary>
public sealed class RuleBook
{
    private readonly RuleStore _store;
    private readonly TimeProvider _clock;
    private readonly Lock _write = new();
    private readonly ConditionalWeakTable<MetricLayout, SensorRules> _byLayout = [];
    private readonly ConcurrentDictionary<(MetricLayout, string), SensorRules> _byName = new();
    private readonly SensorRules[] _byKind;
    private readonly KindRules[][] _namedByKind;
    private ImmutableDictionary<string, Own> _own;

    /// <param name="path">Where <c>rules.db</c> is or shall be.</param>
    /// <param name="clock">For the time of changes.</param>
    public RuleBook(string path, TimeProvider clock) : this(new RuleStore(path), clock)
    {
    }

    /// <param name="shared">Where the overrides of several hosts are.</param>
    /// <param name="clock">For the time of changes.</param>
    public RuleBook(PostgresDatabase shared, TimeProvider clock) : this(new RuleStore(shared), clock)
    {
    }

    private RuleBook(RuleStore store, TimeProvider clock)
    {
        _store = store;
        _clock = clock;
        _byKind = [.. KindCatalogue.All.Select(k => RuleCompiler.Compile(MetricLayout.Of(k.Kind), DefaultRules.For(k.Kind, "")))];
        _namedByKind = [.. KindCatalogue.All.Select(k => DefaultRules.Named(k.Kind).ToArray())];
        _own = _store.LoadNewest().GroupBy(v => v.SensorId)
            .ToImmutableDictionary(g => g.Key, g => new Own(g.ToImmutableDictionary(v => v.RuleId)), StringComparer.Ordinal);
    }

    /// <summary>The rules of this sensor (its id) changed: re-read them and call <see cref="SensorEvaluator.Reconcile"/>.</summary>
    public event Action<string>? Changed;

    /// <summary>The compiled rules in force.</summary>
    public SensorRules For(Sensor sensor)
    {
        var own = Volatile.Read(ref _own);
        if (own.Count > 0 && own.TryGetValue(sensor.Id, out var overrides)) return overrides.For(sensor);
        if (_namedByKind[(int)sensor.Kind].Length > 0) return ForName(sensor);
        var rules = _byKind[(int)sensor.Kind];
        return ReferenceEquals(rules.Layout, sensor.Layout)
            ? rules
            : _byLayout.GetValue(sensor.Layout, layout => RuleCompiler.Compile(layout, DefaultRules.For(sensor.Kind, "")));
    }

    /// <summary>The rules in force as data, with the version that set each; null = default.</summary>
    public IReadOnlyList<(Rule Rule, RuleVersion? Override)> Explain(Sensor sensor)
    {
        _own.TryGetValue(sensor.Id, out var own);
        return Explain(sensor, own);
    }

    /// <summary>Versions of one sensor's rules, newest first.</summary>
    public IReadOnlyList<RuleVersion> History(string sensorId, string? ruleId = null) => _store.History(sensorId, ruleId);

    /// <summary>The newest version number of one sensor's rule; 0 while it is the default untouched.</summary>
    public int VersionOf(string sensorId, string ruleId) =>
        _own.TryGetValue(sensorId, out var own) && own.Versions.TryGetValue(ruleId, out var version) ? version.Version : 0;

    /// <summary>Overrides, disables or adds one rule of one sensor, durably and at once.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="ruleId">The rule.</param>
    /// <param name="rule">The whole rule, checked by <see cref="RuleChecks"/>; null = back to the default.</param>
    /// <param name="by">Who.</param>
    /// <param name="comment">Why.</param>
    /// <param name="expectedVersion">The version that the officer saw; null = whatever it is.</param>
    /// <returns>The new version, or null when the rule has moved on from <paramref name="expectedVersion"/>.</returns>
    public RuleVersion? Set(Sensor sensor, string ruleId, Rule? rule, string by, string? comment, int? expectedVersion = null)
    {
        RuleVersion version;
        lock (_write)
        {
            var current = VersionOf(sensor.Id, ruleId);
            if (expectedVersion is { } expected && expected != current) return null;
            // In the store's own precision, so that it is the same after a restart.
            var now = DateTimeOffset.FromUnixTimeMilliseconds(_clock.GetUtcNow().ToUnixTimeMilliseconds());
            version = new RuleVersion(sensor.Id, ruleId, current + 1, rule, now, by, comment);
            try
            {
                _store.Append(version);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                // Another host was first; this one has not read it yet.
                return null;
            }
            var versions = _own.TryGetValue(sensor.Id, out var own) ? own.Versions : ImmutableDictionary<string, RuleVersion>.Empty;
            Volatile.Write(ref _own, _own.SetItem(sensor.Id, new Own(versions.SetItem(ruleId, version))));
        }
        Changed?.Invoke(sensor.Id);
        return version;
    }

    /// <summary>Takes over what other hosts have set since.</summary>
    public void Refresh()
    {
        var changed = new HashSet<string>(StringComparer.Ordinal);
        var newest = _store.LoadNewest();
        lock (_write)
        {
            foreach (var version in newest)
            {
                if (version.Version <= VersionOf(version.SensorId, version.RuleId)) continue;
                var versions = _own.TryGetValue(version.SensorId, out var own) ? own.Versions : ImmutableDictionary<string, RuleVersion>.Empty;
                Volatile.Write(ref _own, _own.SetItem(version.SensorId, new Own(versions.SetItem(version.RuleId, version))));
                changed.Add(version.SensorId);
            }
        }
        foreach (var sensor in changed) Changed?.Invoke(sensor);
    }

    private SensorRules ForName(Sensor sensor)
    {
        var key = string.Join('\n', _namedByKind[(int)sensor.Kind].Where(n => DefaultRules.Applies(n, sensor.Name)).Select(n => n.NameContains));
        return _byName.TryGetValue((sensor.Layout, key), out var rules)
            ? rules
            : _byName.GetOrAdd((sensor.Layout, key), k => RuleCompiler.Compile(k.Item1, DefaultRules.For(sensor.Kind, sensor.Name)));
    }

    private static List<(Rule Rule, RuleVersion? Override)> Explain(Sensor sensor, Own? own)
    {
        var versions = own?.Versions ?? ImmutableDictionary<string, RuleVersion>.Empty;
        var rules = DefaultRules.For(sensor.Kind, sensor.Name)
            .Select(d => versions.TryGetValue(d.Id, out var v) && v.Rule is not null ? (v.Rule, v) : (d, (RuleVersion?)null))
            .ToList();
        var known = rules.Select(r => r.Item1.Id).ToHashSet();
        rules.AddRange(versions.Values.Where(v => v.Rule is not null && !known.Contains(v.RuleId)).OrderBy(v => v.RuleId, StringComparer.Ordinal)
            .Select(v => (v.Rule!, (RuleVersion?)v)));
        return rules;
    }

    /// <summary>One sensor's versions with the compiled outcome for its newest layout.</summary>
    private sealed class Own(ImmutableDictionary<string, RuleVersion> versions)
    {
        private SensorRules? _compiled;

        public ImmutableDictionary<string, RuleVersion> Versions { get; } = versions;

        public SensorRules For(Sensor sensor)
        {
            var compiled = Volatile.Read(ref _compiled);
            if (compiled is not null && ReferenceEquals(compiled.Layout, sensor.Layout)) return compiled;
            compiled = RuleCompiler.Compile(sensor.Layout, Explain(sensor, this).Select(r => r.Rule));
            Volatile.Write(ref _compiled, compiled);
            return compiled;
        }
    }
}
