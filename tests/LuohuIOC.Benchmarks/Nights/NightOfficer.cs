using System.Collections.Concurrent;
using LuohuIOC.Benchmarks.Ladder;

namespace LuohuIOC.Benchmarks.Nights;

/// <summary>Acknowledges alerts as walls tell of them, five a second at most, at whichever host: what was answered with success must stand in the ledger.</summary>
internal sealed class NightOfficer(IReadOnlyList<ServedRung> hosts, int seed)
{
    private readonly Random _random = new(seed);
    private readonly ConcurrentStack<string> _told = new();
    private readonly HashSet<string> _done = [];

    /// <summary>Ids of alerts whose acknowledgement was answered with success.</summary>
    public IReadOnlySet<string> Done => _done;

    /// <summary>Answers that refused it (the alert had ended by then, or the ledger was away), and requests that nobody answered.</summary>
    public int Refused { get; private set; }

    /// <param name="id">An alert that a wall was told of, raised or not.</param>
    public void Told(string id) => _told.Push(id);

    public async Task RunAsync(CancellationToken stop)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!stop.IsCancellationRequested)
        {
            await pace.WaitForNextTickAsync(CancellationToken.None);
            if (!_told.TryPop(out var id) || _done.Contains(id)) continue;
            try
            {
                await hosts[_random.Next(hosts.Count)].PostAsync($"alerts/{Uri.EscapeDataString(id)}/acknowledge", "{}", "application/json");
                _done.Add(id);
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
            {
                Refused++;
            }
        }
    }
}
