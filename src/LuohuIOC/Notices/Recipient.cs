using System.Net.Mail;

namespace LuohuIOC.Notices;

/// <summary>How a recipient is reached.</summary>
internal enum NoticeChannel : byte
{
    Mail,
    Webhook,
}

/// <summary>One recipient.</summary>
/// <param name="Channel">How it is reached.</param>
/// <param name="Address">Mail address, or the webhook's whole address, which is a secret.</param>
/// <param name="Label">What people, the record and the log may see of it.</param>
/// <param name="SigningKey">What a robot's messages are signed with, given behind the <c>#</c> of its address; empty: they are not.</param>
internal sealed record Recipient(NoticeChannel Channel, string Address, string Label, string SigningKey = "")
{
    /// <summary>The label: the rest is secret.</summary>
    public override string ToString() => Label;

    // Enough to tell two robots of one server apart, too little to use one.
    private const int TailShown = 4;

    /// <summary>Null when it is neither a mail address nor a webhook.</summary>
    public static Recipient? Of(string? text)
    {
        var address = text?.Trim() ?? "";
        if (Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url!.Host.Length > 0)
        {
            var (place, key) = (address.Split('#')[0].TrimEnd(), Uri.UnescapeDataString(url.Fragment.TrimStart('#')).Trim());
            return new Recipient(NoticeChannel.Webhook, place, $"{url.Authority} …{place[^Math.Min(TailShown, place.Length)..]}", key);
        }
        return MailAddress.TryCreate(address, out var mail) && mail.Address == address ? new Recipient(NoticeChannel.Mail, address, address) : null;
    }
}
