using System.Threading.Channels;
using LuohuIOC.History;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Registry;

namespace LuohuIOC.SensorThings;

/// <summary>
/// New Observations over MQTT (OGC SensorThings 1.1, clause 14.2): who is subscribed to a datastream, or to all, gets each Observation as it
/// has been judged, seconds before history answers for it. A resent reading may come twice, under one <c>@iot.id</c> unless its clock is ahead: then it is of another receipt. Nothing is made while
/// nobody is subscribed; groups that the feed is too slow for are passed over and counted, never waited for.
/// </summary>
internal sealed class StaFeed(ReaderTopics readers, HistoryQueue judged, SensorRegistry registry, TimeProvider time, ILogger<StaFeed> log) : BackgroundService
{
    /// <summary>Groups of up to 8 MiB of publishes; 60,000 readings/s come in some 300 groups a second.</summary>
    private const int GroupsMax = 256;

    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    private readonly Channel<ReadingGroup> _groups = Channel.CreateBounded<ReadingGroup>(new BoundedChannelOptions(GroupsMax) { SingleReader = true });
    private readonly StaEntities _entities = new(registry, "/sta/v1.1", time);
    private string[] _known = [];
    private StaTopics _topics = new([]);
    private long _passedOver;
    private long _told;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        readers.Exists = StaTopics.Exists;
        judged.Passing = Offer;
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var group in _groups.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await Publish(group);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "SensorThings: observations of group {Position} did not leave", group.Position);
            }
            finally
            {
                group.Release();
            }
        }
    }

    private void Offer(ReadingGroup group)
    {
        if (readers.Wanted.Length == 0) return;
        group.Retain();
        if (_groups.Writer.TryWrite(group)) return;
        group.Release();
        Interlocked.Add(ref _passedOver, group.Count);
        var now = Environment.TickCount64;
        if (now - Interlocked.Read(ref _told) < TellEvery.TotalMilliseconds) return;
        Interlocked.Exchange(ref _told, now);
        log.LogWarning("SensorThings: {Readings} readings since the start were too many for those who are subscribed to observations", Interlocked.Read(ref _passedOver));
    }

    private async Task Publish(ReadingGroup group)
    {
        var wanted = readers.Wanted;
        if (!ReferenceEquals(wanted, _known)) (_known, _topics) = (wanted, new StaTopics(wanted));
        for (var i = 0; i < group.Count; i++)
        {
            var sensor = registry[group.Sensors[i]];
            for (var at = group.ValueStarts[i]; at < group.ValueStarts[i + 1]; at++)
            {
                int slot = group.Slots[at];
                if (_topics.Of(sensor.Id, sensor.Layout.Names[slot]) is not { Count: > 0 } topics) continue;
                var payload = System.Text.Encoding.UTF8.GetBytes(Observation(group, i, sensor, slot, group.Values[at]));
                foreach (var topic in topics) await readers.PublishAsync(topic, payload);
            }
        }
    }

    private string Observation(ReadingGroup group, int reading, Sensor sensor, int slot, double value)
    {
        var mark = group.Marks[reading];
        var quality = mark.Grade == QualityGrade.Good || (mark.Slots >> slot & 1) == 0 ? "good" : mark.Grade.ToString().ToLowerInvariant();
        long? sequence = group.Sequences[reading] == ReadingGroup.NoSequence ? null : group.Sequences[reading];
        // The time that history has it under.
        var time = ReadingClock.EffectiveMs(group.DeviceTimes[reading], group.ReceivedTimes[reading]);
        var entity = _entities.Observation(sensor, slot, StaObservations.IdOf(sensor, slot, time, sequence, group.DeviceTimes[reading]), StaObservations.TimeOf(time), value, quality);
        entity.Remove("Datastream");
        return entity.ToJsonString();
    }
}
