using LuohuIOC.Sensing;
using LuohuIOC.Tests.Http;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class CallSlotsTests
{
    private readonly FakeClock _clock = new();
    private readonly List<(int Sensor, TaskCompletionSource<bool> Answer)> _calls = [];
    private readonly CallSlots _slots;

    public CallSlotsTests() => _slots = new CallSlots(inbox =>
    {
        var answer = new TaskCompletionSource<bool>();
        _calls.Add((inbox.Sensor, answer));
        return answer.Task;
    }, _clock);

    [Fact]
    public void Sensors_beyond_the_limit_wait_in_their_order_and_one_that_has_more_goes_behind_them()
    {
        Start(0, CallSlots.Max + 2);
        Assert.Equal(CallSlots.Max, _calls.Count);

        Answer(3, more: true);
        Answer(5);
        Answer(7);

        Assert.Equal([CallSlots.Max, CallSlots.Max + 1, 3], _calls.Skip(CallSlots.Max).Select(c => c.Sensor));
        Answer(9);
        Assert.Equal(CallSlots.Max + 3, _calls.Count);
    }

    /// <summary>Calls to a host that has died, or that wait for a ledger: the rest of the city must not stand still with them.</summary>
    [Fact]
    public void Calls_that_take_long_give_their_slots_up_and_take_none_from_others_when_they_end()
    {
        Start(0, 3 * CallSlots.Max);
        _slots.GiveUpSlow();
        Assert.Equal(CallSlots.Max, _calls.Count);

        _clock.Advance(CallSlots.SlowAfter);
        _slots.GiveUpSlow();
        Assert.Equal(2 * CallSlots.Max, _calls.Count);

        for (var i = 0; i < CallSlots.Max; i++) Answer(i);
        Assert.Equal(2 * CallSlots.Max, _calls.Count);
        for (var i = CallSlots.Max; i < 2 * CallSlots.Max; i++) Answer(i);
        Assert.Equal(3 * CallSlots.Max, _calls.Count);
    }

    [Fact]
    public void A_grain_that_must_come_to_life_first_takes_no_slot()
    {
        for (var i = 0; i < 2 * CallSlots.Max; i++) _slots.Start(new SensorInbox(i, null!));
        Start(1_000, 1);

        Assert.Equal(2 * CallSlots.Max + 1, _calls.Count);
        Answer(4, more: true);
        Assert.Equal(4, _calls[^1].Sensor);
    }

    private void Start(int first, int count)
    {
        for (var i = first; i < first + count; i++) _slots.Start(new SensorInbox(i, null!) { Awake = true });
    }

    private void Answer(int call, bool more = false) => _calls[call].Answer.SetResult(more);
}
