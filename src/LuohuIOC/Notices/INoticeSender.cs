namespace LuohuIOC.Notices;

/// <summary>What came of one message to one recipient.</summary>
/// <param name="Delivered">The recipient's server took it.</param>
/// <param name="Answer">What the server said, or what failed, in one line; null where nothing is to be said.</param>
internal readonly record struct NoticeResult(bool Delivered, string? Answer);

/// <summary>A way to recipients of one channel.</summary>
internal interface INoticeSender
{
    NoticeChannel Channel { get; }

    /// <summary>Bytes of a text in UTF-8 that the recipient's server takes at most.</summary>
    int BytesMax(Recipient recipient);

    /// <summary>Sends once. What fails outside of this program is a result and no exception; a time that is up is one.</summary>
    Task<NoticeResult> SendAsync(Recipient recipient, NoticeMessage message, CancellationToken cancellation);
}
