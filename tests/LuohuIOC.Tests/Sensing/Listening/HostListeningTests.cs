using LuohuIOC.Sensing.Listening;
using LuohuIOC.Storage;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Listening;

public sealed class HostListeningTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-listening-").FullName;
    private readonly TwoClocks _clock = new();
    private readonly Told _log = new();

    [Fact]
    public void What_passes_between_two_runs_is_a_pause_and_what_passes_in_them_is_not()
    {
        var first = Start();
        Assert.Equal(At(0), first.Time.SinceMs);
        Run(first, 100);
        first.Keep();
        // Not kept before it was killed.
        Run(first, 5);
        _clock.Pass(55);
        var second = Start();
        _clock.Pass(3);
        second.Open();
        Assert.Equal([new ListeningPause(At(100), At(163))], second.Time.Pauses);
        Assert.Equal((At(160), At(163)), (second.StartedMs, second.Time.ResumedMs));
        Run(second, 100);
        second.Keep();
        _clock.Pass(10);
        Assert.Equal(2, Start().Time.Pauses.Count);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void The_time_of_a_first_start_is_no_listening()
    {
        var first = Start();
        _clock.Pass(20);
        first.Open();
        Assert.Equal(At(20) + 5000, first.Time.SilentAt(At(-1000), 5000));
    }

    [Fact]
    public void A_clock_that_jumps_ahead_makes_a_pause_and_a_warning()
    {
        var host = Start();
        Run(host, 100);
        _clock.Pass(0.25);
        _clock.Set(3600);
        Assert.Equal(At(3700.25), host.Look());
        Assert.True(host.TakeJump());
        Assert.False(host.TakeJump());
        Assert.Equal([new ListeningPause(At(100.25), At(3700.25))], host.Time.Pauses);
        Assert.Contains("jumped by 3600 s", Assert.Single(_log.Lines), StringComparison.Ordinal);
        // Heard fifteen seconds before: half an hour more to go but for these.
        Assert.Equal(At(3700.25 + 1785), host.Time.SilentAt(At(85.25), 1_800_000));
    }

    [Fact]
    public void A_clock_set_right_again_leaves_no_pause()
    {
        var host = Start();
        Run(host, 100);
        _clock.Set(86_400);
        Run(host, 30);
        _clock.Set(-86_400);
        host.Look();
        Assert.True(host.TakeJump());
        Assert.Empty(host.Time.Pauses);
        Assert.Contains("jumped by -86400 s", _log.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_set_right_while_the_host_was_down_leaves_the_pause_in_which_it_was_down()
    {
        var first = Start();
        Run(first, 100);
        _clock.Set(86_400);
        Run(first, 30);
        first.Keep();
        _clock.Set(-86_400);
        _clock.Pass(10);
        var second = Start();
        Assert.Equal(10_000, second.Time.Pauses.Sum(p => p.ToMs - p.FromMs));
        Assert.Equal(At(140), second.Time.ResumedMs);
    }

    [Fact]
    public void A_slow_look_and_a_clock_that_is_slewed_are_no_jump()
    {
        var host = Start();
        _clock.Pass(300);
        _clock.Set(29);
        host.Look();
        _clock.Set(-29);
        host.Look();
        Assert.False(host.TakeJump());
        Assert.Empty(host.Time.Pauses);
    }

    [Fact]
    public void What_cannot_be_kept_is_said_once()
    {
        var host = new HostListening(Path.Combine(_folder, "none", "listening.csv"), _clock, _log);
        host.Keep();
        host.Keep();
        Assert.Contains("cannot be kept", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    /// <summary>A start that ends before gateways can be heard, as where another part of the host refuses to start.</summary>
    [Fact]
    public async Task A_start_that_got_no_further_is_part_of_the_pause()
    {
        var first = Start();
        Run(first, 100);
        first.Keep();
        _clock.Pass(10);
        using var upkeep = new ListeningUpkeep(Start(), new SiloStarted(new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance)), _clock);
        await upkeep.StartAsync(TestContext.Current.CancellationToken);
        _clock.Pass(20);
        await upkeep.StopAsync(TestContext.Current.CancellationToken);
        _clock.Pass(5);
        Assert.Equal([new ListeningPause(At(100), At(135))], Start().Time.Pauses);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private HostListening Start() => new(Path.Combine(_folder, ListeningFile.Name), _clock, _log);

    // A look every second.
    private void Run(HostListening host, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            _clock.Pass(1);
            host.Look();
        }
    }

    private static long At(double second) => Watched.At(second);

    /// <summary>The time that passes, and what the clock on the wall says of it.</summary>
    private sealed class TwoClocks : TimeProvider
    {
        private TimeSpan _passed;
        private TimeSpan _ahead;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Watched.Start) + _passed + _ahead;

        public override long GetTimestamp() => _passed.Ticks;

        public void Pass(double seconds) => _passed += TimeSpan.FromSeconds(seconds);

        public void Set(double seconds) => _ahead += TimeSpan.FromSeconds(seconds);
    }

    private sealed class Told : ILogger<HostListening>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }
}
