using System.Diagnostics;

namespace LuohuIOC.IntegrationTests;

/// <summary>Waits for a condition, and says what it waited for when it never came.</summary>
internal static class Wait
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> reason, TimeSpan? longest = null)
    {
        var started = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > (longest ?? Longest)) Assert.Fail($"Waited {longest ?? Longest} in vain for {reason()}.");
            await look.WaitForNextTickAsync();
        }
    }

    public static Task UntilAsync(Func<bool> condition, Func<string> reason, TimeSpan? longest = null) =>
        UntilAsync(() => Task.FromResult(condition()), reason, longest);
}
