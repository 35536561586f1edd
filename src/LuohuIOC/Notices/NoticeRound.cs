using LuohuIOC.Alerts;
using LuohuIOC.Storage;
using LuohuIOC.Texts;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Notices;

/// <summary>
/// Tells whoever is to be told now, each recipient for itself, and has the alerts keep what came of it. Of the hosts of a city one at a time does this
/// (<see cref="NoticeGrain"/>). A host that dies between a server's answer and the ledger's leaves its heir to tell once more: twice is better than never.
/// </summary>
internal sealed class NoticeRound(
    IOpenAlerts alerts, EndedAlerts ended, IEnumerable<INoticeSender> senders, WorkdayCalendar calendar, NoticeRecord record, NoticeMeters meters, IHostApplicationLifetime lifetime, IOptions<NoticeOptions> options, TimeProvider time, ILogger<NoticeRound> logger)
{
    /// <summary>An administrator waits for it.</summary>
    private static readonly TimeSpan TrialPatience = TimeSpan.FromSeconds(20);

    private readonly NoticeLine[] _lines = [.. options.Value.Policies.Select(p => new NoticePolicy(p, calendar)).SelectMany(policy => policy.Recipients.Select(to => new NoticeLine(policy, to)))];
    private readonly Dictionary<NoticeChannel, INoticeSender> _senders = senders.ToDictionary(sender => sender.Channel);
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private readonly Moment _settled = Moment.After(time, options.Value.Grace);

    public IReadOnlyList<NoticeLine> Lines => _lines;

    /// <summary>Whether somebody may have to be told, by the alerts alone, or the ledger: any host may ask.</summary>
    public bool IsDue()
    {
        if (record.IsWaiting) return true;
        var (now, open, over) = (time.GetUtcNow(), Open(), Over());
        return _lines.Any(line => open.Any(alert => line.Policy.IsDue(alert, line.Recipient.Label, now)) || over.Any(alert => line.Policy.IsOver(alert, line.Recipient.Label, now)));
    }

    /// <summary>Begins what is to be told and is not on its way. Waits for nothing: a server that hangs holds up its own recipient alone.</summary>
    public void Begin()
    {
        record.Begin();
        var (open, over) = (Open(), Over());
        foreach (var line in _lines)
            if (line.TryBegin()) _ = TellAsync(line, open, over);
    }

    /// <summary>Sends a message that tells of no alert to all recipients of a policy.</summary>
    public Task TryAsync(string policy, string officer) => Task.WhenAll(_lines.Where(line => line.Policy.Name == policy).Select(async line =>
    {
        var patience = options.Value.Timeout < TrialPatience ? options.Value.Timeout : TrialPatience;
        var result = await SendAsync(line, NoticeMessage.Trial(line.Policy, officer, time.GetUtcNow()), patience);
        line.Tried(result, time.GetUtcNow());
    }));

    private async Task TellAsync(NoticeLine line, IReadOnlyList<AlertView> open, IReadOnlyList<AlertView> over)
    {
        try
        {
            var now = time.GetUtcNow();
            var due = line.DueOf(open, options.Value, now);
            // What waits for an officer first; good news has time.
            var passed = due.Count == 0 ? line.OverOf(over, options.Value, now) : [];
            if (due.Count + passed.Count == 0) return;
            var bytesMax = _senders[line.Recipient.Channel].BytesMax(line.Recipient);
            var message = due.Count > 0 ? NoticeMessage.Of(line.Policy, due, options.Value.WallUrl, now, bytesMax) : NoticeMessage.Over(line.Policy, passed, options.Value.WallUrl, now, bytesMax);
            var result = await SendAsync(line, message, options.Value.Timeout).ConfigureAwait(false);
            record.Keep(line.Sent(message, result, time.GetUtcNow()));
        }
        catch (Exception e)
        {
            logger.LogError(e, "Notices: {To} of {Policy} could not be told for a defect of this program.", line.Recipient.Label, line.Policy.Name);
        }
        finally
        {
            line.End();
        }
    }

    private async Task<NoticeResult> SendAsync(NoticeLine line, NoticeMessage message, TimeSpan patience)
    {
        var before = line.View.Failures;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        end.CancelAfter(patience);
        NoticeResult result;
        try
        {
            // Off the grain, which has nothing to wait for.
            result = await Task.Run(() => _senders[line.Recipient.Channel].SendAsync(line.Recipient, message, end.Token), CancellationToken.None).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            result = lifetime.ApplicationStopping.IsCancellationRequested
                ? new NoticeResult(false, TextBook.Get(message.Language, "notice.stopping"))
                : new NoticeResult(false, TextBook.Get(message.Language, "notice.unanswered", patience.TotalSeconds), Unanswered: true);
        }
        catch (Exception e)
        {
            // A defect in one way is a failure of it, told with its trace.
            logger.LogError(e, "Notices: {To} of {Policy} could not be told for a defect of this program.", line.Recipient.Label, line.Policy.Name);
            result = new NoticeResult(false, e.GetType().Name);
        }
        meters.Sent(line.Recipient.Channel, result.Delivered);
        // The first failure and the first success after it: what goes on is in the metrics.
        if (!result.Delivered && before == 0) logger.LogWarning("Notices: {To} of {Policy} could not be told: {Answer}. It is tried again.", line.Recipient.Label, line.Policy.Name, result.Answer);
        if (result.Delivered && before > 0) logger.LogInformation("Notices: {To} of {Policy} can be told again.", line.Recipient.Label, line.Policy.Name);
        return result;
    }

    private AlertView[] Open()
    {
        var now = time.GetUtcNow();
        var isFresh = !_settled.HasCome(time);
        return [.. alerts.Open.Where(alert => !(isFresh && alert.ObservedAt < _started) && !IsLookedAround(alert, now))];
    }

    /// <summary>What has ended, open or closed; not while the same rule holds at the same sensor again, which would be told as over.</summary>
    private AlertView[] Over()
    {
        var open = alerts.Open.ToArray();
        var holding = open.Where(alert => alert.ClearedAt is null).Select(alert => (alert.SensorId, alert.Rule)).ToHashSet();
        return [.. open.Concat(ended.Of(time.GetUtcNow())).Where(alert => NoticePolicy.OverAt(alert) is not null && !holding.Contains((alert.SensorId, alert.Rule)))];
    }

    // For half a second or so after the raise.
    private bool IsLookedAround(AlertView alert, DateTimeOffset now) =>
        alert.Surroundings is null && now >= alert.RaisedAt && now - alert.RaisedAt < options.Value.SurveyPatience;
}
