using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class LostReadingsTests
{
    /// <summary>A grain that waits for what it has lost holds up whoever saves it.</summary>
    [Fact]
    public async Task Nobody_waits_for_readings_that_a_stop_right_after_the_start_keeps_back()
    {
        for (var n = 0; n < 20; n++)
        {
            // Nothing is read: the stop comes first.
            using var lost = new LostReadings(null!, null!, null!, null!, new SensorRegistry(), NullLogger<LostReadings>.Instance);
            var shown = lost.ShowAgain(new SensorInbox(0, null!) { Delivered = 10 }, after: 5);
            Assert.False(shown.IsCompleted);
            await lost.StartAsync(TestContext.Current.CancellationToken);
            await lost.StopAsync(TestContext.Current.CancellationToken);
            await shown.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            await lost.ShowAgain(new SensorInbox(0, null!) { Delivered = 10 }, after: 5).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
    }
}
