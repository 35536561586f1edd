using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Registry;

namespace LuohuIOC.Ingestion.Stations;

/// <summary>What a station has said on its way to the journal: the same decoder, registry, journal and rejections as a publish of MQTT.</summary>
public sealed class StationIntake(
    PublishDecoder decoder, PublishJournal journal, RejectionStore rejections, StationBook book, SensorRegistry registry, StationRecords records,
    IngestionMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan FullPause = TimeSpan.FromMilliseconds(5);

    [ThreadStatic]
    private static (ReadingGroup Readings, List<Refusal> Refusals)? _scratch;

    /// <summary>Stores the parts of a message; completes when all that is stored or refused of them is durable. False when all of it was refused.</summary>
    internal async Task<bool> StoreAsync(PayloadForm form, StationMessage message, CancellationToken cancellation)
    {
        if (journal.WaitForRoom() is { } commit) await commit.WaitAsync(cancellation);
        while (journal.IsFull) await Task.Delay(FullPause, time, cancellation);
        var parts = message.PartsBySensor(part => SensorOf(form, message.Address, part));
        var stored = await Task.WhenAll(parts.Select(part => Store(form, message.Address, part))).WaitAsync(cancellation);
        return stored.Length == 0 || stored.Contains(true);
    }

    /// <summary>Keeps a frame that is at fault, or that lacks others, with the sensor of its station and its gateway where they are known; completes when it is durable.</summary>
    internal Task RefuseFrame(RejectionReason reason, PayloadForm form, string address, ReadOnlySpan<byte> bytes)
    {
        var of = book.SensorOf(form, address) is { } id && registry.TryFind(id, out var sensor) ? sensor : null;
        return Refuse(reason, form, address, bytes, of?.Gateway ?? "", new Refusal(reason, of?.Id ?? "", -1, ""));
    }

    /// <summary>Keeps what was refused; completes when it is durable.</summary>
    internal Task Refuse(RejectionReason reason, PayloadForm form, string address, ReadOnlySpan<byte> bytes, string gateway = "", Refusal part = default)
    {
        var first = bytes[..Math.Min(bytes.Length, Rejection.FirstBytesMax)].ToArray();
        return rejections.Add(new Rejection(time.GetUtcNow().ToUnixTimeMilliseconds(), gateway, $"tcp/{form.WireName()}/{address}", reason,
            part.Sensor ?? "", part.Sensor is null ? -1 : part.Index, part.Metric ?? "", bytes.Length, first));
    }

    private string? SensorOf(PayloadForm form, string station, StationPart part) => book.SensorOf(form, part.Address) ?? book.SensorOf(form, station);

    private async Task<bool> Store(PayloadForm form, string station, StationPart part)
    {
        var (isStored, durable) = Append(form, station, part);
        await durable;
        return isStored;
    }

    private (bool IsStored, Task Durable) Append(PayloadForm form, string station, StationPart part)
    {
        var id = SensorOf(form, station, part);
        if (id is null) return (false, Refuse(RejectionReason.StationUnknown, form, part.Address, part.Payload));
        if (!registry.TryFind(id, out var sensor)) return (false, Refuse(RejectionReason.SensorUnknown, form, part.Address, part.Payload, "", new Refusal(default, id, -1, "")));
        var (readings, refusals) = _scratch ??= (new ReadingGroup(), []);
        readings.Clear();
        refusals.Clear();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        Span<byte> idBytes = stackalloc byte[Topic.IdLengthMax];
        idBytes = idBytes[..Encoding.ASCII.GetBytes(id, idBytes)];
        var refused = decoder.Decode(form, sensor.Gateway, idBytes, part.Payload, now, readings, refusals);
        if (refused != RejectionReason.None) return (false, Refuse(refused, form, part.Address, part.Payload, sensor.Gateway));
        var durable = Task.CompletedTask;
        foreach (var refusal in refusals) durable = Refuse(refusal.Reason, form, part.Address, part.Payload, sensor.Gateway, refusal);
        // A frame that is right and has no metric of the sensor stays in the journal.
        if (readings.Count == 0 && refusals.Exists(r => r.Reason != RejectionReason.MetricUnknown)) return (false, durable);
        if (readings.Count > 0) metrics.Accepted(readings.Count);
        var committed = journal.Append(form, refusals.Count == 0, now, sensor.Gateway, id, part.Payload, readings);
        if (form == PayloadForm.Sl651 && records.Keep(part.Payload, id, now) is { IsCompleted: false } kept) committed = Task.WhenAll(committed, kept);
        return (true, durable.IsCompleted ? committed : Task.WhenAll(durable, committed));
    }
}
