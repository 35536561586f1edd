using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Ingestion.Frames;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Ingestion.Stations;

namespace LuohuIOC.Ingestion;

/// <summary>
/// Packets of SL 651 messages that come in publishes of their own, on their way to the journal. Each is journalled, without readings, when it comes;
/// the one that makes the message whole is journalled as all of them, and so is, with the readings of its beginning, a message that is not waited for
/// any more. A start finds in the journal what was under way.
/// </summary>
public sealed class PacketIntake(
    PublishDecoder decoder, PublishJournal journal, RejectionStore rejections, StationRecords records, IngestionMetrics metrics, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(30);

    // What is held and what the journal has of it change together.
    private readonly Lock _gate = new();
    private readonly HeldPackets _held = new();
    private readonly ReadingGroup _readings = new();
    private readonly List<Refusal> _refusals = [];

    /// <summary>
    /// Takes a payload of packets that are no whole message; completes when it is durable and what is refused is kept. Null: it is none.
    /// </summary>
    /// <param name="gateway">Who sent it.</param>
    /// <param name="sensor">Whose it is, known and the gateway's.</param>
    /// <param name="payload">Frames without fault.</param>
    /// <param name="nowMs">Unix ms.</param>
    /// <param name="isAtFault">Something of a message that is whole now was refused.</param>
    internal Task? Take(string gateway, ReadOnlySpan<char> sensor, ReadOnlySpan<byte> payload, long nowMs, out bool isAtFault)
    {
        isAtFault = false;
        if (!HeldPackets.ArePackets(payload)) return null;
        var id = sensor.ToString();
        var durable = new List<Task>();
        lock (_gate)
        {
            while (Sl651Frame.TryParse(payload, out var frame) == FrameFault.None)
            {
                var packet = payload[..frame.Bytes];
                var message = _held.Take(gateway, id, frame, packet, nowMs, out var isNew);
                StoreExpelled(nowMs, durable);
                if (!isNew) durable.Add(journal.Flush());
                else if (!message.IsWhole) durable.Add(journal.AppendHeld(PayloadForm.Sl651, nowMs, gateway, id, packet));
                else isAtFault |= Store(gateway, id, message.Payload, nowMs, durable);
                payload = payload[packet.Length..];
            }
        }
        return Task.WhenAll(durable);
    }

    /// <summary>Sees a publish of the journal at the start. What was under way waits from now on: nothing could come in between.</summary>
    internal void Recover(in PublishFrame publish)
    {
        if (publish.Form != PayloadForm.Sl651) return;
        var (gateway, sensor) = (Encoding.ASCII.GetString(publish.Gateway), Encoding.ASCII.GetString(publish.Sensor));
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_gate)
        {
            if (publish.Share != PublishShare.Held) _held.Settle(gateway, sensor, publish.Payload, nowMs);
            else if (Sl651Frame.TryParse(publish.Payload, out var frame) == FrameFault.None) _held.Take(gateway, sensor, frame, publish.Payload, nowMs, out _);
        }
    }

    /// <summary>Gives up the messages whose packets do not come; completes when what there is of them is durable.</summary>
    internal Task Expire()
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var durable = new List<Task>();
        lock (_gate)
        {
            _held.Expire(nowMs);
            StoreExpelled(nowMs, durable);
        }
        return Task.WhenAll(durable);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Round, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await Expire().WaitAsync(stoppingToken);
    }

    private void StoreExpelled(long nowMs, List<Task> durable)
    {
        foreach (var (gateway, sensor, packets) in _held.TakeExpelled()) Store(gateway, sensor, packets.Payload, nowMs, durable);
    }

    // True when something was refused.
    private bool Store(string gateway, string sensor, byte[] payload, long nowMs, List<Task> durable)
    {
        _readings.Clear();
        _refusals.Clear();
        Span<byte> id = stackalloc byte[Topic.IdLengthMax];
        id = id[..Encoding.ASCII.GetBytes(sensor, id)];
        var refused = decoder.Decode(PayloadForm.Sl651, gateway, id, payload, nowMs, _readings, _refusals);
        // The packets before were acknowledged: their message is kept, and settled for the next start, even when it is refused.
        if (refused != RejectionReason.None) _refusals.Add(new Refusal(refused, sensor, -1, ""));
        foreach (var refusal in _refusals.Distinct()) durable.Add(rejections.Add(Describe(refusal, gateway, sensor, payload, nowMs)));
        if (_readings.Count > 0) metrics.Accepted(_readings.Count);
        durable.Add(journal.Append(PayloadForm.Sl651, _refusals.Count == 0, nowMs, gateway, sensor, payload, _readings));
        if (refused == RejectionReason.None) durable.Add(records.Keep(payload, sensor, nowMs));
        return _refusals.Count > 0;
    }

    private static Rejection Describe(Refusal refusal, string gateway, string sensor, byte[] payload, long nowMs) =>
        new(nowMs, gateway, $"{Topic.Prefix}{gateway}/{sensor}/raw/{PayloadForm.Sl651.WireName()}", refusal.Reason, refusal.Sensor, refusal.Index, refusal.Metric, payload.Length,
            payload[..Math.Min(payload.Length, Rejection.FirstBytesMax)]);
}
