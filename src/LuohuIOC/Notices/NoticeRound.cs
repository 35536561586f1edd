using LuohuIOC.Alerts;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Notices;

/// <summary>
/// Tells whoever is to be told now, all recipients at once, and has the alerts keep what came of it. Of the hosts of a city one at a time does this
/// (<see cref="NoticeGrain"/>). A host that dies between a server's answer and the ledger's leaves its heir to tell once more: twice is better than never.
/// </summary>
internal sealed class NoticeRound(
    IOpenAlerts alerts, IEnumerable<INoticeSender> senders, IGrainFactory grains, NoticeMeters meters, IOptions<NoticeOptions> options, TimeProvider time, ILogger<NoticeRound> logger)
{
    /// <summary>A ledger that is away holds up no further message.</summary>
    private static readonly TimeSpan LedgerPatience = TimeSpan.FromSeconds(2);

    private readonly NoticeLine[] _lines = [.. options.Value.Policies.Select(p => new NoticePolicy(p)).SelectMany(policy => policy.Recipients.Select(to => new NoticeLine(policy, to)))];
    private readonly Dictionary<NoticeChannel, INoticeSender> _senders = senders.ToDictionary(sender => sender.Channel);

    public IReadOnlyList<NoticeLine> Lines => _lines;

    /// <summary>Whether somebody may have to be told, by the alerts alone: any thread and any host may ask.</summary>
    public bool IsDue()
    {
        var (open, now) = (Open(), time.GetUtcNow());
        return _lines.Any(line => open.Any(alert => line.Policy.IsDue(alert, line.Recipient.Label, now)));
    }

    public async Task TellAsync(CancellationToken cancellation)
    {
        var (open, now) = (Open(), time.GetUtcNow());
        var told = await Task.WhenAll(_lines.Select(line => TellAsync(line, line.DueOf(open, options.Value, now), cancellation)));
        await Task.WhenAll(told.SelectMany(notices => notices).GroupBy(notice => notice.Alert.Id).Select(ofAlert => KeepAsync(ofAlert.First().Alert, [.. ofAlert.Select(notice => notice.Notice)])));
    }

    /// <summary>Sends a message that tells of no alert to all recipients of a policy.</summary>
    public Task TryAsync(string policy, string officer, CancellationToken cancellation) => Task.WhenAll(_lines.Where(line => line.Policy.Name == policy).Select(async line =>
    {
        var now = time.GetUtcNow();
        line.Tried(await SendAsync(line, NoticeMessage.Trial(line.Policy, officer, now), cancellation), now);
    }));

    private async Task<(AlertView Alert, NoticeDelivery Notice)[]> TellAsync(NoticeLine line, IReadOnlyList<AlertView> due, CancellationToken cancellation)
    {
        if (due.Count == 0) return [];
        var sender = _senders[line.Recipient.Channel];
        var result = await SendAsync(line, NoticeMessage.Of(line.Policy, due, options.Value.WallUrl, time.GetUtcNow(), sender.BytesMax(line.Recipient)), cancellation);
        return [.. line.Sent(due, result, time.GetUtcNow())];
    }

    private async Task<NoticeResult> SendAsync(NoticeLine line, NoticeMessage message, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(options.Value.Timeout);
        NoticeResult result;
        try
        {
            result = await _senders[line.Recipient.Channel].SendAsync(line.Recipient, message, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            result = new NoticeResult(false, $"no answer within {options.Value.Timeout.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // A defect in one way must not cost the other recipients their message.
            logger.LogError(e, "Notices: {To} of {Policy} could not be told for a defect of this program.", line.Recipient.Label, line.Policy.Name);
            result = new NoticeResult(false, Answers.OneLine(e.Message));
        }
        meters.Sent(line.Recipient.Channel, result.Delivered);
        // The first failure and the first success after it: what goes on is in the metrics.
        if (!result.Delivered && line.Failures == 0) logger.LogWarning("Notices: {To} of {Policy} could not be told: {Answer}. It is tried again.", line.Recipient.Label, line.Policy.Name, result.Answer);
        if (result.Delivered && line.Failures > 0) logger.LogInformation("Notices: {To} of {Policy} can be told again.", line.Recipient.Label, line.Policy.Name);
        return result;
    }

    private async Task KeepAsync(AlertView alert, NoticeDelivery[] notices)
    {
        try
        {
            await grains.GetGrain<IAlertGrain>(alert.SensorId).Notified(alert.Id, AlertWords.SeverityOf(alert.Severity), notices).WaitAsync(LedgerPatience, time);
        }
        catch (TimeoutException)
        {
            logger.LogInformation("Notices: the ledger has not taken yet that {Alert} was told; it waits there.", alert.Id);
        }
        catch (Exception e) when (e is OrleansException or AlertNotStoredException || AlertDatabase.IsTemporary(e))
        {
            meters.Unkept();
            logger.LogWarning(e, "Notices: that {Alert} was told to {To} is not in the ledger.", alert.Id, string.Join(", ", notices.Select(notice => notice.To)));
        }
    }

    private IReadOnlyList<AlertView> Open() => [.. alerts.Open];
}
