using System.Net;
using LuohuIOC.Ingestion.Broker;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Broker;

public sealed class NewcomersTests
{
    private readonly AlarmClock _clock = new();

    [Fact]
    public void An_address_has_a_bound_and_does_not_keep_others_out()
    {
        var newcomers = new Newcomers(_clock);
        var waiting = Enumerable.Range(0, Newcomers.PerAddressMax).Select(i => newcomers.Admit(From("10.0.0.5", i))).ToList();
        Assert.DoesNotContain(null, waiting);

        Assert.Null(newcomers.Admit(From("10.0.0.5", 1)));
        Assert.Null(newcomers.Admit(From("::ffff:10.0.0.5", 1)));
        Assert.NotNull(newcomers.Admit(From("10.0.0.6", 1)));

        waiting[0]!.Dispose();
        waiting[0]!.Dispose();
        Assert.NotNull(newcomers.Admit(From("10.0.0.5", 1)));
        Assert.Null(newcomers.Admit(From("10.0.0.5", 1)));
    }

    [Fact]
    public void All_addresses_together_have_a_bound()
    {
        var newcomers = new Newcomers(_clock);
        for (var i = 0; i < Newcomers.Max; i++) Assert.NotNull(newcomers.Admit(From($"10.{i / 250}.0.{i % 250}", i)));
        Assert.Null(newcomers.Admit(From("192.168.0.1", 1)));
    }

    [Fact]
    public void Who_sends_no_first_packet_is_ended_and_who_has_sent_it_stays()
    {
        var newcomers = new Newcomers(_clock);
        var (silent, known) = (From("10.0.0.5", 1), From("10.0.0.5", 2));
        using var waits = newcomers.Admit(silent);
        newcomers.Admit(known)!.Dispose();

        Assert.Equal([Newcomers.Patience, Newcomers.Patience], _clock.Due);
        _clock.Fire();

        Assert.True(silent.ConnectionClosed.IsCancellationRequested);
        Assert.False(known.ConnectionClosed.IsCancellationRequested);
    }

    private static AbortableConnection From(string address, int port) => new() { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1024 + port) };

    private sealed class AbortableConnection : DefaultConnectionContext
    {
        private readonly CancellationTokenSource _closed = new();

        public override CancellationToken ConnectionClosed => _closed.Token;

        public override void Abort(ConnectionAbortedException abortReason) => _closed.Cancel();
    }

    /// <summary>Its timers fire when they are told to, unless they were disposed of.</summary>
    private sealed class AlarmClock : TimeProvider
    {
        private readonly List<Alarm> _alarms = [];

        public IEnumerable<TimeSpan> Due => _alarms.Select(a => a.Due);

        public void Fire()
        {
            foreach (var alarm in _alarms) alarm.Fire();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var alarm = new Alarm(callback, state, dueTime);
            _alarms.Add(alarm);
            return alarm;
        }

        private sealed class Alarm(TimerCallback callback, object? state, TimeSpan due) : ITimer
        {
            private bool _isOff;

            public TimeSpan Due => due;

            public void Fire()
            {
                if (!_isOff) callback(state);
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => _isOff = true;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
