using LuohuIOC.DeviceProtocol;
using LuohuIOC.Texts;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Notices;

/// <summary>What is wrong with the policies, each fault with its key: a policy that would tell nobody must be found when the host starts and not when it floods.</summary>
internal sealed class NoticeOptionsCheck : IValidateOptions<NoticeOptions>
{
    private const int NameMax = 40;

    private static readonly string[] Severities = ["blue", "yellow", "orange", "red"];
    private static readonly string[] Languages = [TextBook.Chinese, TextBook.English];

    public ValidateOptionsResult Validate(string? name, NoticeOptions options)
    {
        var faults = FaultsOf(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> FaultsOf(NoticeOptions options)
    {
        foreach (var (key, days) in new[] { (nameof(options.OffDays), options.OffDays), (nameof(options.MakeupWorkdays), options.MakeupWorkdays) })
            foreach (var day in days.Where(day => WorkdayCalendar.DayOf(day) is null)) yield return $"Notices:{key}: {day} is no day such as 2027-01-01.";
        if (options.WallUrl.Length > 0 && Recipient.Of(options.WallUrl) is not { Channel: NoticeChannel.Webhook }) yield return "Notices:WallUrl must begin with http:// or https://.";
        for (var i = 0; i < options.Policies.Count; i++)
            foreach (var fault in FaultsOf(options.Policies[i])) yield return $"Notices:Policies:{i}:{fault}";
        foreach (var same in options.Policies.CountBy(p => p.Name).Where(p => p.Value > 1))
            yield return $"Notices:Policies: {same.Value} policies are named {same.Key}; the record could not tell them apart.";
        if (!options.Policies.SelectMany(p => p.To).Any(to => Recipient.Of(to) is { Channel: NoticeChannel.Mail })) yield break;
        if (options.Mail.Host.Length == 0) yield return "Notices:Mail:Host is missing: a policy names a mail address.";
        if (Recipient.Of(options.Mail.From) is not { Channel: NoticeChannel.Mail }) yield return "Notices:Mail:From must be a bare mail address, without a name: servers take nothing without a sender.";
        if (options.Mail.Port is < 0 or > 65535) yield return "Notices:Mail:Port must be from 0 to 65535.";
        if (options.Mail is { User.Length: > 0, Password.Length: 0 }) yield return "Notices:Mail:Password is missing: a name without one is refused by every server.";
        if (options.Mail is { User.Length: > 0, Security: MailSecurity.None }) yield return "Notices:Mail:Security is None, and Notices:Mail:User would send its password in the clear.";
    }

    private static IEnumerable<string> FaultsOf(PolicyOptions policy)
    {
        if (string.IsNullOrWhiteSpace(policy.Name) || policy.Name.Length > NameMax || !Legible.Is(policy.Name) || policy.Name.Contains('/')) yield return $"Name must have 1 to {NameMax} visible characters and no /.";
        if (!Severities.Contains(policy.Severity)) yield return "Severity must be blue, yellow, orange or red.";
        if (policy.After < TimeSpan.Zero || policy.After > TimeSpan.FromDays(7)) yield return "After must be from 00:00:00 to 7.00:00:00.";
        if (!Languages.Contains(policy.Language)) yield return "Language must be zh-CN or en.";
        foreach (var kind in policy.Kinds.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            if (kind != Alerts.AlertSubject.GatewayKind && !KindCatalogue.TryParse(kind, out _)) yield return $"Kinds: {kind} is no kind of sensor (GET /api/v1/kinds).";
        if (DutyHours.Of("", policy.Days) is null) yield return "Days must be workdays or restdays, or be left empty for all days.";
        if (DutyHours.Of(policy.Hours, "") is null) yield return $"Hours: {policy.Hours} is no span of a day such as 08:30-18:00 or, over midnight, 18:00-08:30.";
        if (policy.To.Count == 0) yield return "To is empty: it would tell nobody.";
        for (var i = 0; i < policy.To.Count; i++)
        {
            if (Recipient.Of(policy.To[i]) is not { } recipient) yield return $"To:{i} must be a bare mail address or begin with http:// or https://.";
            else if (recipient.Channel == NoticeChannel.Webhook && recipient.SigningKey.Length == 0 && policy.To[i].Contains('#')) yield return $"To:{i} ends with # and has no signing key behind it.";
            else if (recipient.SigningKey.Length > 0 && recipient.FormOf() is not (WebhookForm.DingTalk or WebhookForm.Feishu)) yield return $"To:{i} has a signing key behind #, which only robots of DingTalk and Feishu take.";
        }
        foreach (var same in policy.To.Select(Recipient.Of).OfType<Recipient>().CountBy(to => to.Label).Where(to => to.Value > 1))
            yield return $"To has {same.Key} {same.Value} times.";
    }
}
