using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class SensorCallsTests
{
    private const int Sensors = 3_000;

    /// <summary>A whole city reports for the first time: what waits must wait outside of Orleans, whose calls run out of time.</summary>
    [Fact]
    public async Task Grains_wake_some_at_a_time_and_those_that_live_wait_for_none()
    {
        var calls = Calls();
        var grain = new SlowGrain();
        var inboxes = Enumerable.Range(0, Sensors).Select(i => new SensorInbox(i, grain)).ToList();
        var batch = Batch();

        var waking = inboxes.Select(i => calls.Observe(i, batch)).ToList();
        Assert.Equal(SensorCalls.WakingMax, grain.UnderWay);
        grain.Answer();
        Assert.All(await Task.WhenAll(waking), j => Assert.Equal(7, j!.Value.Applied));
        Assert.InRange(grain.MostUnderWay, 1, SensorCalls.WakingMax);

        grain.Hold();
        var awake = inboxes.Select(i => calls.Observe(i, batch)).ToList();
        Assert.Equal(Sensors, grain.UnderWay);
        grain.Answer();
        await Task.WhenAll(awake);
    }

    /// <summary>Otherwise the journal's cursor would pass readings that no saved state has.</summary>
    [Fact]
    public async Task A_save_that_overtakes_a_call_leaves_the_sensor_to_be_saved()
    {
        var grain = new SlowGrain();
        var inbox = new SensorInbox(0, grain) { Dirty = true };
        var calling = Calls().Observe(inbox, Batch());
        // What a save does that was first at the grain.
        inbox.Dirty = false;
        grain.Answer();
        await calling;
        Assert.True(inbox.Dirty);
    }

    private static SensorCalls Calls() => new(
        new SensorRegistry(), TimeProvider.System, new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), NullLogger<SensorCalls>.Instance);

    private static SensorBatch Batch() => new(new GroupInFlight(new ReadingGroup(), 1), -1, []);

    private sealed class SlowGrain : ISensorGrain
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource _held = new();

        public int UnderWay { get; private set; }

        public int MostUnderWay { get; private set; }

        public void Hold() => _held = new TaskCompletionSource();

        public void Answer() => _held.SetResult();

        public async ValueTask<Judgement> Observe(SensorBatch batch)
        {
            lock (_gate) MostUnderWay = Math.Max(MostUnderWay, ++UnderWay);
            await _held.Task;
            lock (_gate) UnderWay--;
            return new Judgement(7, null);
        }

        public ValueTask Tick(long nowMs) => throw new NotSupportedException();

        public ValueTask Reconcile(long nowMs) => throw new NotSupportedException();

        public Task<long> Save(long journal) => throw new NotSupportedException();

        public ValueTask<byte[]?> Detector(string language) => throw new NotSupportedException();
    }
}
