using LuohuIOC.Alerts;

namespace LuohuIOC.Wall.Neighbours;

/// <summary>
/// Compares the alerts on the board with the ledger. The board lacks what a dying host has stored and not told; and it shows what such a host has
/// told and not stored, since walls do not wait for the disk: that alert is raised again by another reading, under another id, and the one that was
/// told would stand on this wall for ever and on no other. It goes when it was found so twice and no living host calls it its own.
/// </summary>
/// <param name="board">Of this host.</param>
/// <param name="ledger">Of all hosts.</param>
/// <param name="ownedElsewhere">Which of these alerts other living hosts will store; throws while one does not answer.</param>
internal sealed class LedgerLook(AlertBoard board, AlertQueries ledger, Func<string[], Task<IReadOnlySet<string>>> ownedElsewhere)
{
    private Dictionary<string, AlertView> _doubted = new(StringComparer.Ordinal);

    public async Task LookAsync()
    {
        var open = ledger.Open().ToDictionary(alert => alert.Id, StringComparer.Ordinal);
        foreach (var alert in open.Values) board.Learn(AlertView.Of(alert));
        var doubted = new Dictionary<string, AlertView>(StringComparer.Ordinal);
        foreach (var shown in board.Open)
        {
            var stored = open.GetValueOrDefault(shown.Id) ?? ledger.Find(shown.Id);
            if (stored is { State: AlertState.Closed }) board.Learn(AlertView.Of(stored));
            else if ((stored is null || stored.Version < shown.Version) && !board.IsOwn(shown.Id)) doubted[shown.Id] = shown;
        }
        string[] again = [.. doubted.Where(d => _doubted.GetValueOrDefault(d.Key) == d.Value).Select(d => d.Key)];
        _doubted = doubted;
        if (again.Length == 0) return;
        var owned = await ownedElsewhere(again);
        foreach (var id in again.Where(id => !owned.Contains(id)))
            board.Correct(doubted[id], ledger.Find(id) is { } stored ? AlertView.Of(stored) : null);
    }
}
