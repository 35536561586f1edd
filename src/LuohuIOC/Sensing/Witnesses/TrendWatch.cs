using LuohuIOC.Sensing.Detectors.Nowcast;

namespace LuohuIOC.Sensing.Witnesses;

/// <summary>Fills the <see cref="TrendBook"/>, every five minutes of the weather.</summary>
internal sealed class TrendWatch(TrendBook book, NowcastSettings nowcast, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Max(250, TrendBook.RoundMinutes * nowcast.MinuteMs)), time);
        do book.Take();
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
