// Offers as browsers write them, for one microphone and the data channel `oai-events`: Chromium's as version 156 wrote it;
// Firefox's is put together after what it is known to write.

const lines = (text: string): string => `${text.trim().split(/\n\s*/).join('\r\n')}\r\n`;

export const CHROMIUM = lines(`
  v=0
  o=- 5445181164305145655 2 IN IP4 127.0.0.1
  s=-
  t=0 0
  a=group:BUNDLE 0 1
  a=extmap-allow-mixed
  a=msid-semantic: WMS
  m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
  c=IN IP4 0.0.0.0
  a=rtcp:9 IN IP4 0.0.0.0
  a=ice-ufrag:gSv1
  a=ice-pwd:SznAv8kAbWEN38ER4yDPWrSL
  a=ice-options:trickle
  a=fingerprint:sha-256 14:28:36:FD:8D:91:C8:AF:11:0E:3C:09:D8:0E:2C:D0:25:D9:59:CD:B0:34:7C:87:D6:18:FE:91:50:8A:33:0A
  a=setup:actpass
  a=mid:0
  a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
  a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
  a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
  a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
  a=sendrecv
  a=msid:- 8c73ef3c-9a4a-435d-afa4-260866297d9c
  a=rtcp-mux
  a=rtcp-rsize
  a=rtcp-xr:rcvr-rtt=all
  a=rtpmap:111 opus/48000/2
  a=rtcp-fb:111 transport-cc
  a=fmtp:111 minptime=10;useinbandfec=1
  a=rtpmap:63 red/48000/2
  a=fmtp:63 111/111
  a=rtpmap:9 G722/8000
  a=rtpmap:0 PCMU/8000
  a=rtpmap:8 PCMA/8000
  a=rtpmap:13 CN/8000
  a=rtpmap:110 telephone-event/48000
  a=rtpmap:126 telephone-event/8000
  a=ssrc:3596059213 cname:1F0sc5wFdS1gw4SO
  a=ssrc:3596059213 msid:- 8c73ef3c-9a4a-435d-afa4-260866297d9c
  m=application 9 UDP/DTLS/SCTP webrtc-datachannel
  c=IN IP4 0.0.0.0
  a=ice-ufrag:gSv1
  a=ice-pwd:SznAv8kAbWEN38ER4yDPWrSL
  a=ice-options:trickle
  a=fingerprint:sha-256 14:28:36:FD:8D:91:C8:AF:11:0E:3C:09:D8:0E:2C:D0:25:D9:59:CD:B0:34:7C:87:D6:18:FE:91:50:8A:33:0A
  a=setup:actpass
  a=mid:1
  a=sctp-port:5000
  a=max-message-size:262144
`);

export const FIREFOX = lines(`
  v=0
  o=mozilla...THIS_IS_SDPARTA-99.0 4611686018427387904 0 IN IP4 0.0.0.0
  s=-
  t=0 0
  a=sendrecv
  a=fingerprint:sha-256 0A:1B:2C:3D:4E:5F:60:71:82:93:A4:B5:C6:D7:E8:F9:0A:1B:2C:3D:4E:5F:60:71:82:93:A4:B5:C6:D7:E8:F9
  a=group:BUNDLE 0 1
  a=ice-options:trickle
  a=msid-semantic:WMS *
  m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
  c=IN IP4 0.0.0.0
  a=sendrecv
  a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
  a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
  a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
  a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
  a=fmtp:101 0-15
  a=ice-pwd:0123456789abcdef0123456789abcdef
  a=ice-ufrag:01234567
  a=mid:0
  a=msid:- {c1d2e3f4-0000-4000-8000-0123456789ab}
  a=rtcp-mux
  a=rtpmap:109 opus/48000/2
  a=rtpmap:9 G722/8000/1
  a=rtpmap:0 PCMU/8000
  a=rtpmap:8 PCMA/8000
  a=rtpmap:101 telephone-event/8000/1
  a=setup:actpass
  a=ssrc:1234567890 cname:{0badcafe-0000-4000-8000-0123456789ab}
  m=application 0 UDP/DTLS/SCTP webrtc-datachannel
  c=IN IP4 0.0.0.0
  a=bundle-only
  a=sendrecv
  a=ice-pwd:0123456789abcdef0123456789abcdef
  a=ice-ufrag:01234567
  a=mid:1
  a=setup:actpass
  a=sctp-port:5000
  a=max-message-size:1073741823
`);
