using System.Diagnostics.CodeAnalysis;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Registry;

/// <summary>
/// All sensors in memory, by id and by number, backed by <c>registry.db</c>. Reads never lock and never touch the disk. Changes are
/// in memory at once and on disk within <see cref="RegistryOptions.FlushEvery"/>, or when <see cref="FlushAsync"/> returns.
/// <para>
/// A number is for ever only once it is on disk: after a crash, a sensor that registered itself and was not stored yet comes back
/// from the journal, perhaps in another order and so with another number or other slots. Whoever stores numbers or slots elsewhere
/// (History) awaits <see cref="FlushAsync"/> before committing them; that costs nothing while nothing is new.
/// </para>
/// </summary>
public sealed class SensorRegistry
{
    private readonly Lock _gate = new();
    private readonly SensorTable _byId = new();
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly RegistryWriter? _writer;
    private Sensor[] _byNumber = [];
    private int _count;
    private DrainageNetwork? _network;

    // Numbers of rows that were changed here and that the other hosts do not have; null for a host alone.
    private HashSet<int>? _unshared;

    /// <summary>A registry in memory only, empty.</summary>
    public SensorRegistry()
    {
    }

    /// <summary>The registry that the file holds.</summary>
    /// <exception cref="IOException">The file cannot be read; the message says why and what to do.</exception>
    public SensorRegistry(RegistryFile file, int sensorsMax = int.MaxValue)
    {
        SensorsMax = sensorsMax;
        var sensors = file.Load();
        _byNumber = new Sensor[Math.Max(64, sensors.Count)];
        foreach (var sensor in sensors) Put(Lean(sensor));
        _writer = new RegistryWriter(file);
    }

    /// <summary>Most sensors that will be admitted.</summary>
    public int SensorsMax { get; } = int.MaxValue;

    /// <summary>Numbers given so far; every number below it is a sensor.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>True when no further sensor will be admitted.</summary>
    public bool IsFull => Count >= SensorsMax;

    /// <summary>
    /// A row was added or replaced (import, retirement, auto-registration, a generic sensor's new metric). Raised under the registry's
    /// lock, so in order; handlers must be quick and must not wait for another thread.
    /// </summary>
    public event Action<Sensor>? Changed;

    public Sensor this[int number] => Volatile.Read(ref Volatile.Read(ref _byNumber)[number]);

    /// <summary>All sensors in order of their numbers, as many as there are at the call.</summary>
    public ReadOnlySpan<Sensor> All
    {
        get
        {
            var count = Count;
            return Volatile.Read(ref _byNumber).AsSpan(0, count);
        }
    }

    /// <summary>The drainage network as of now; made anew after a change of links, shared until then.</summary>
    public DrainageNetwork Network
    {
        get
        {
            if (Volatile.Read(ref _network) is { } known) return known;
            lock (_gate) return _network ??= new DrainageNetwork(All);
        }
    }

    public bool TryFind(string id, [NotNullWhen(true)] out Sensor? sensor) => (sensor = _byId.Find(id)) is not null;

    /// <summary>Looks a sensor up by its id's UTF-8 bytes without making a string.</summary>
    public bool TryFind(ReadOnlySpan<byte> utf8Id, [NotNullWhen(true)] out Sensor? sensor) => (sensor = _byId.Find(utf8Id)) is not null;

    /// <summary>Admits an unknown sensor as <see cref="SensorKind.Generic"/>; returns the existing one if another thread was first.</summary>
    /// <exception cref="InvalidOperationException">The registry <see cref="IsFull"/>, or the id is none by <see cref="Topic.IsId(ReadOnlySpan{char})"/>.</exception>
    public Sensor AutoRegister(string id, string gateway)
    {
        if (_byId.Find(id) is { } early) return early;
        if (!Topic.IsId(id)) throw new InvalidOperationException($"'{id}' is not a sensor id.");
        lock (_gate)
        {
            if (_byId.Find(id) is { } known) return known;
            if (IsFull) throw new InvalidOperationException($"The registry is full ({SensorsMax} sensors), {id} is not admitted.");
            return Publish(Lean(Stranger(id, gateway) with { Number = _count }), null);
        }
    }

    /// <summary>A sensor as <see cref="AutoRegister"/> would admit it, in no registry yet: its number is none.</summary>
    internal static Sensor Stranger(string id, string gateway) => new()
    {
        Number = -1,
        Id = id,
        Kind = SensorKind.Generic,
        Name = id,
        Street = "",
        Longitude = 0,
        Latitude = 0,
        Gateway = gateway,
        Layout = MetricLayout.Of(SensorKind.Generic),
    };

    /// <summary>
    /// The sensor with a layout that has the metric, which a generic sensor has just sent for the first time. A sensor of another
    /// kind, and one that has <see cref="MetricLayout.MetricsMax"/> metrics already, comes back as it is.
    /// </summary>
    public Sensor WithMetric(Sensor sensor, string metric)
    {
        lock (_gate)
        {
            var current = _byNumber[sensor.Number];
            var names = current.Layout.Names;
            if (current.Kind != SensorKind.Generic || names.Count >= MetricLayout.MetricsMax || names.Contains(metric)) return current;
            return Publish(current with { Layout = current.Layout.With(metric) }, current);
        }
    }

    /// <summary>
    /// Adds and changes sensors as the rows say. Rows that contradict the registry or each other are refused (a kind that would change,
    /// an unknown sensor downstream, a loop); applying the same rows again changes nothing.
    /// </summary>
    public ImportOutcome Apply(IReadOnlyList<SensorDraft> drafts)
    {
        lock (_gate)
        {
            var refused = new List<RowRefusal>();
            var accepted = ImportCheck.Accept(drafts, _byId.Find, SensorsMax - _count, refused);
            var (added, changed, unchanged) = (0, 0, 0);
            foreach (var draft in accepted)
            {
                var known = _byId.Find(draft.Id);
                var sensor = Lean(draft.Over(known, _count));
                if (known is null) added++;
                else if (known != sensor) changed++;
                else unchanged++;
                if (known != sensor) Publish(sensor, known);
            }
            return new ImportOutcome(added, changed, unchanged, refused);
        }
    }

    /// <summary>Takes a sensor out of service. Its number and history stay; a sensor retired before keeps the first time; a plan for later is replaced.</summary>
    /// <param name="id">The sensor.</param>
    /// <param name="now">The present.</param>
    /// <param name="at">A time ahead until which it still serves; none, or one that is over, is <paramref name="now"/>.</param>
    /// <returns>Null when there is no such sensor.</returns>
    public Sensor? Retire(string id, DateTimeOffset now, DateTimeOffset? at = null)
    {
        lock (_gate)
        {
            if (_byId.Find(id) is not { } known) return null;
            if (known.IsRetired(now)) return known;
            var stored = DateTimeOffset.FromUnixTimeMilliseconds((at > now ? at.Value : now).ToUnixTimeMilliseconds());
            return known.RetiredAt == stored ? known : Publish(known with { RetiredAt = stored }, known);
        }
    }

    /// <summary>Something was changed here that the other hosts do not have.</summary>
    internal bool HasUnshared
    {
        get { lock (_gate) return _unshared is { Count: > 0 }; }
    }

    /// <summary>Takes over rows as they are on all hosts. A known sensor keeps its number and its slots here.</summary>
    /// <returns>Ids of the rows that contradict what is here or find no room.</returns>
    internal List<string> Learn(IReadOnlyList<Sensor> rows)
    {
        var refused = new List<string>();
        lock (_gate)
        {
            foreach (var row in rows)
            {
                var known = _byId.Find(row.Id);
                if (known is null ? IsFull : known.Kind != row.Kind) refused.Add(row.Id);
                else if (known is null) Publish(Lean(row with { Number = _count }), null, isOthers: true);
                else if (Lean(row with { Number = known.Number, Layout = Widened(known.Layout, row.Layout) }) is var sensor && sensor != known)
                    Publish(sensor, known, isOthers: true);
            }
        }
        return refused;
    }

    /// <summary>From now on changes are noted for the other hosts; all but these sensors are new to them.</summary>
    internal void ShareAllBut(HashSet<string> known)
    {
        lock (_gate)
        {
            _unshared ??= [];
            foreach (var sensor in All)
                if (!known.Contains(sensor.Id)) _unshared.Add(sensor.Number);
        }
    }

    /// <summary>The rows that the other hosts do not have, as they are now.</summary>
    internal Sensor[] TakeUnshared()
    {
        lock (_gate)
        {
            if (_unshared is not { Count: > 0 } numbers) return [];
            _unshared = [];
            return [.. numbers.Order().Select(n => _byNumber[n])];
        }
    }

    internal void PutBackUnshared(Sensor[] sensors)
    {
        lock (_gate) _unshared?.UnionWith(sensors.Select(s => s.Number));
    }

    /// <summary>Returns when every change made before the call is on disk.</summary>
    /// <exception cref="IOException">The file cannot be written now; the changes stay in memory and are tried again.</exception>
    public Task FlushAsync(CancellationToken cancellationToken = default) => _writer?.FlushAsync(cancellationToken) ?? Task.CompletedTask;

    private Sensor Publish(Sensor sensor, Sensor? before, bool isOthers = false)
    {
        _writer?.Enqueue(sensor);
        if (!isOthers) _unshared?.Add(sensor.Number);
        Put(sensor);
        if (sensor.Downstream != before?.Downstream) Volatile.Write(ref _network, null);
        Changed?.Invoke(sensor);
        return sensor;
    }

    // The array is replaced before the count moves, so a reader that sees the count sees the row.
    private void Put(Sensor sensor)
    {
        if (sensor.Number == _byNumber.Length)
        {
            var larger = new Sensor[Math.Max(64, _byNumber.Length * 2)];
            _byNumber.AsSpan().CopyTo(larger);
            Volatile.Write(ref _byNumber, larger);
        }
        Volatile.Write(ref _byNumber[sensor.Number], sensor);
        _byId.Put(sensor);
        if (sensor.Number == _count) Volatile.Write(ref _count, _count + 1);
    }

    private static MetricLayout Widened(MetricLayout known, MetricLayout other)
    {
        if (known.Kind is not null) return known;
        foreach (var name in other.Names)
            if (known.Names.Count < MetricLayout.MetricsMax && !known.Names.Contains(name)) known = known.With(name);
        return known;
    }

    // Streets, communities and gateways are few: one string each, however many rows name them.
    private Sensor Lean(Sensor sensor) => sensor with
    {
        Street = Shared(sensor.Street),
        Community = Shared(sensor.Community),
        Gateway = Shared(sensor.Gateway),
    };

    private string Shared(string text)
    {
        if (_texts.TryGetValue(text, out var known)) return known;
        _texts.Add(text, text);
        return text;
    }
}
