BEGIN TRANSACTION;
CREATE TABLE audio (
            episode_id INTEGER PRIMARY KEY REFERENCES episode ON DELETE CASCADE,
            path TEXT NOT NULL
        ) STRICT;
CREATE TABLE claim (
            episode_id INTEGER PRIMARY KEY REFERENCES episode ON DELETE CASCADE,
            token TEXT NOT NULL,
            host TEXT NOT NULL,        -- name of the machine, for her
            machine TEXT NOT NULL,     -- what tells machines (and containers) apart
            pid INTEGER NOT NULL,
            started TEXT NOT NULL,     -- start of the process: numbers of processes are given again
            since TEXT NOT NULL,
            heartbeat REAL NOT NULL    -- seconds since 1970
        ) STRICT;
CREATE TABLE done (
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            recipe TEXT NOT NULL,
            folder TEXT NOT NULL,
            finished TEXT NOT NULL,
            PRIMARY KEY (episode_id, recipe, folder)
        ) STRICT;
INSERT INTO "done" VALUES(2,'recipe','','2026-11-22T16:13:51Z');
CREATE TABLE draft (
            id INTEGER PRIMARY KEY,
            episode_id INTEGER REFERENCES episode ON DELETE CASCADE,  -- NULL: a draft on several episodes
            template TEXT NOT NULL,
            folder TEXT NOT NULL,
            name TEXT NOT NULL,        -- as it was first called; with an episode only the suffix tells drafts apart
            path TEXT NOT NULL,        -- where it was last seen
            taken INTEGER NOT NULL DEFAULT 0,      -- 1: she renamed it, so that it is hers whatever is in it
            recipe TEXT NOT NULL       -- of the newest version
        ) STRICT;
INSERT INTO "draft" VALUES(1,2,'blog','/drafts','one.md','/drafts/one.md',0,'recipe');
CREATE TABLE draft_version (
            draft_id INTEGER NOT NULL REFERENCES draft ON DELETE CASCADE,
            hash TEXT NOT NULL,        -- SHA-256 of the file's bytes
            size INTEGER NOT NULL,
            path TEXT NOT NULL,        -- where this version was put
            landed INTEGER NOT NULL,   -- 0 from before the file is put in place until just after
            recipe TEXT NOT NULL,
            written TEXT NOT NULL,
            PRIMARY KEY (draft_id, hash)
        ) STRICT;
INSERT INTO "draft_version" VALUES(1,'00',2,'/drafts/one.md',1,'recipe','2026-01-06T00:00:00Z');
CREATE TABLE episode (
            id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: drafts in her folder outlive an episode
            feed TEXT NOT NULL,        -- address of the feed, '' for a file she named herself
            guid TEXT NOT NULL,
            title TEXT NOT NULL,
            podcast TEXT NOT NULL,
            published TEXT,
            audio_url TEXT,
            place INTEGER NOT NULL DEFAULT 0,      -- position in the feed, for episodes without a date
            record TEXT NOT NULL,      -- models.Episode as JSON
            UNIQUE (feed, guid)
        ) STRICT;
INSERT INTO "episode" VALUES(1,'https://example.org/feed.xml','two','Touch and sleep','The Nerve Hour','2026-02-05T06:00:00Z','https://example.org/two.mp3',0,'{"guid":"two","title":"Touch and sleep","podcast":"The Nerve Hour","published":"2026-02-05T06:00:00+00:00","audio":{"url":"https://example.org/two.mp3"},"author":"Anna Berg","feed_url":"https://example.org/feed.xml"}');
INSERT INTO "episode" VALUES(2,'https://example.org/feed.xml','one','How pain is made','The Nerve Hour','2026-01-05T06:00:00Z','https://example.org/one.mp3',1,'{"guid":"one","title":"How pain is made","podcast":"The Nerve Hour","published":"2026-01-05T06:00:00+00:00","duration":60.0,"audio":{"url":"https://example.org/one.mp3","type":"audio/mpeg","length":1000},"persons":[{"name":"Anna Berg"},{"name":"Tom Riis","role":"guest"}],"language":"en","feed_url":"https://example.org/feed.xml"}');
CREATE TABLE podcast (
            id INTEGER PRIMARY KEY,
            url TEXT NOT NULL UNIQUE,
            guid TEXT,
            title TEXT NOT NULL,
            record TEXT NOT NULL,      -- models.Podcast as JSON, without its episodes
            followed TEXT,             -- since when she follows it, NULL when she doesn't
            checked TEXT               -- when its feed was last read
        , gone TEXT) STRICT;
INSERT INTO "podcast" VALUES(1,'https://example.org/feed.xml','917393e3-1b1e-5cef-ace4-edaa54e1f810','The Nerve Hour','{"title":"The Nerve Hour","url":"https://example.org/feed.xml","guid":"917393e3-1b1e-5cef-ace4-edaa54e1f810","etag":"\"abc\""}','2026-11-22T16:13:51Z','2026-11-22T16:13:51Z',NULL);
INSERT INTO "podcast" VALUES(2,'https://example.com/other.xml',NULL,'Other','{"title":"Other","url":"https://example.com/other.xml"}','2026-11-22T16:13:51Z',NULL,NULL);
CREATE TABLE stretch (
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            recipe TEXT NOT NULL,
            start REAL NOT NULL,
            "end" REAL NOT NULL,
            segments BLOB NOT NULL,
            words BLOB NOT NULL,
            PRIMARY KEY (episode_id, recipe, start)
        ) STRICT;
INSERT INTO "stretch" VALUES(1,'recipe',0.0,8.0,X'78DA3DCEB10A83400C06E0570959BA88D8AD746BA17B876E72C3C905EFF0CC49EEC48AF8EE4D2D740A7CF9C99F0D0BBD0B5E5B7CDAC010328CD611742B14AF43146B78B04B32F9C019ACD06F93DC7ACA901686493343889124D7F0F2B41E21A148369383C513C3A230738DA6C25CAC68E18663D6DAC6EC1546E2BEF8BF5D9AE6E03C911D48545ABC315BB893F4589D8D5E7169EEBE6F9BFD03625D4128',X'78DAAD8FDD0A83300C85DFA5D7A1F42F55F72AC30B1DB2094E453BD810DF7D2757C37ABB4242C8C949BF6CEA36BDC6A42E575BD6A452F746BDEDA4D6D42C52AA159AD1868C0E8892AC76E6F01C5A911C469C0E4729A0551E5B9EBC768848018E80A5211BB1C498601D8F46A608438421E6861ABC4337DED3E307EC19B40583CD4A62CE28ACAE383BC389C9C194DDE0B1E2D43A2DF458885BBC24FCCBF22F630CA912762F0942014180E7656A9BB61FFAF411EAB95B9EFD307480AF8CA13F44BDEF5F2F0C6847');
CREATE TABLE transcript (
            episode_id INTEGER PRIMARY KEY REFERENCES episode ON DELETE CASCADE,
            record TEXT NOT NULL,      -- models.Transcript as JSON, without its segments
            segments BLOB NOT NULL,
            words BLOB NOT NULL,
            saved TEXT NOT NULL
        ) STRICT;
INSERT INTO "transcript" VALUES(2,'{"segments":[],"duration":12.0,"language":"en","source":"recognised","model":"small.en","details":{"engine":"faster-whisper"}}',X'78DA3D8FC16AC33010447F65D94B2EC238D043E8AD81DC4BE39BF141899648445A995DB98E09F9F7CA69C869D937C33073C742B7829F3D7EDBC01014927504A7058AAF472A6CE0C02ECBE8032B58A17F25BB65A3906786B17AAE2146126DA0F3B43C4D4291AC9283D913C35CC1C40D1A3CC63C43C9D3D9C3D9C6A4CF3426F9CD93822E5A28353818D462A5F6BA63D2DAAE35BBB66D8787C1487C29FE2DACD87CBC341DC95E492AEEF18BD9C29EE482663B981EBB9CE027045DDF1AEFF2745A670F8F3FAD625586',X'78DAB58FDD0AC2300C85DFA5D7A1F42FB5F555641753860EA61BB382227B774FAEB4DBB58586262727CDF756A7F1712B6A7FB0896243AA744F64EF85D4BDB4B33CD51DAAD1868C0EB889AC76A63A0EA5480E2D4E875A0A28A5BAE4C96B871B29C0113034AC5A2C313A58C7DAC814618830C48D2141495012F6CB30678CB758BA01C8D0DDCEE5F225F10C8C1D63692B8179B59ED599577C4E4C0EA6159CC7884D6933D0632020BD04FCCBF22FA30D210B9497006127429234499A25CD9A43FE3DA8C0640543E0A6793CB6C77EE8CB4B08A76EBEF6C3D001341B437FBCCDB27C00A37C7B08','2026-11-22T16:13:51Z');
CREATE TABLE unfinished_file (
            path TEXT PRIMARY KEY,     -- a temporary file that exists only while its process lives
            host TEXT NOT NULL,
            pid INTEGER NOT NULL,
            started TEXT NOT NULL
        ) STRICT;
CREATE VIRTUAL TABLE spoken
            USING fts5(text, content='', columnsize=0, tokenize='porter unicode61 remove_diacritics 2');
CREATE TABLE piece (
            id INTEGER PRIMARY KEY,    -- number of the episode, shifted, plus its place in the episode
            record BLOB NOT NULL       -- its sentences, with times and speakers
        ) STRICT;
INSERT INTO "piece" VALUES(2097152,X'78DA6D8EB14EC43010447F65B50D8D750A09347420D19FE0BAC88539AFB075F63ADA752E179DEEDF310151D1CC48334FA3B962A54BC5A711F72E324485EC3CC1C70A35349316EED0E02BFB225388ACE0847EBAE2D73B85B2304C8D3AC59448F41B3E045A374C289153F2B00462585A306F6BEFA92C50CB7C0C707429EBB6C724E7322BE8AA95F20EAD41AD4EDAB72B666D0F3BD33F74BF32F45D676F0689FD5FDF0F8FFF213A913B913460C46766072F249F68066B463C940C6F312A9A7B6B6F5FC68D5525');
CREATE TABLE passage (
            episode_id INTEGER NOT NULL REFERENCES transcript ON DELETE CASCADE,
            topic TEXT NOT NULL,
            piece INTEGER NOT NULL,    -- that has sentences of it
            first INTEGER NOT NULL,    -- sentence within the piece
            last INTEGER NOT NULL      -- one past the last
        ) STRICT;
INSERT INTO "passage" VALUES(2,'endorphins',2097152,1,3);
CREATE TABLE person (
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            source TEXT NOT NULL,      -- 'feed' or 'transcript'
            name TEXT NOT NULL,
            PRIMARY KEY (episode_id, source, name)
        ) STRICT, WITHOUT ROWID;
INSERT INTO "person" VALUES(1,'feed','Anna Berg');
INSERT INTO "person" VALUES(2,'feed','Anna Berg');
INSERT INTO "person" VALUES(2,'feed','Tom Riis');
INSERT INTO "person" VALUES(2,'transcript','Anna Berg');
INSERT INTO "person" VALUES(2,'transcript','Tom Riis');
CREATE TABLE findings (
            id INTEGER PRIMARY KEY,
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            topics_hash TEXT NOT NULL,
            record TEXT NOT NULL,      -- models.Findings as JSON
            saved TEXT NOT NULL,
            UNIQUE (episode_id, topics_hash)
        ) STRICT;
INSERT INTO "findings" VALUES(1,2,'hash-of-topics','{"passages":[{"topic":"endorphins","start":2.4,"end":5.2,"score":0.8,"text":"Endorphins are the body''s own painkillers.","terms":["endorphin"]}],"skipped":[{"kind":"ad","start":8.0,"end":12.0,"reason":"a sponsor"}],"duration":12.0}','2026-11-22T16:13:51Z');
CREATE INDEX episode_published ON episode (published);
CREATE INDEX draft_episode ON draft (episode_id);
DELETE FROM "spoken_data";
INSERT INTO "spoken_data" VALUES(1,X'0119');
INSERT INTO "spoken_data" VALUES(10,X'000000010101000001010101');
INSERT INTO "spoken_data" VALUES(137438953473,X'0000010303306172818080000409090104626F646981808000020B02047261696E818080000207020179818080000205010463616C6D8180800002170109656E646F727068696E8180800002080102697381808000020301046D61646581808000020401066E6572766F7581808000021901036F776E81808000020D01047061696E81808000020205036B696C81808000020E010672656C6561738180800002110202756E81808000021401017381808000020C02036C6F778180800002150205797374656D81808000021A0103746865818080000606061004016981808000020F02046F75636881808000021601027765818080000213020368656E818080000212040B0C0C090C110A0C0E0B0C0B0E0A090B0D0D090C0A');
DELETE FROM "spoken_idx";
INSERT INTO "spoken_idx" VALUES(1,X'',2);
DELETE FROM "spoken_config";
INSERT INTO "spoken_config" VALUES('automerge',0);
INSERT INTO "spoken_config" VALUES('version',4);
CREATE INDEX passage_topic ON passage (topic, piece);
CREATE INDEX passage_episode ON passage (episode_id);
CREATE INDEX passage_piece ON passage (piece);
CREATE INDEX episode_audio ON episode (feed, audio_url);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('episode',2);
CREATE TABLE voice (
            id INTEGER PRIMARY KEY,
            feed TEXT NOT NULL,        -- address of the show's feed
            encoder TEXT NOT NULL,     -- that made the vector: only those of one encoder can be compared
            name TEXT,                 -- who it is, NULL as long as nobody has said
            vector BLOB NOT NULL       -- 256 numbers in half precision
        ) STRICT;
CREATE INDEX voice_feed ON voice (feed);
CREATE TABLE episode_voice (
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            number INTEGER NOT NULL,   -- within the episode
            voice_id INTEGER REFERENCES voice ON DELETE SET NULL,
            label TEXT NOT NULL,       -- what the transcript calls it
            reason TEXT NOT NULL,      -- why
            seconds REAL NOT NULL,
            vector BLOB NOT NULL,
            start REAL NOT NULL,       -- of a turn that shows it well
            "end" REAL NOT NULL,
            PRIMARY KEY (episode_id, number)
        ) STRICT;
CREATE INDEX episode_voice_voice ON episode_voice (voice_id);
CREATE TABLE voice_stretch (
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            recipe TEXT NOT NULL,      -- encoder and audio
            start REAL NOT NULL,
            "end" REAL NOT NULL,
            prints BLOB NOT NULL,
            PRIMARY KEY (episode_id, recipe, start)
        ) STRICT;
CREATE TABLE correction (
            id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: the user undoes by number
            episode_id INTEGER REFERENCES episode ON DELETE CASCADE,  -- NULL: of the whole show
            feed TEXT,                 -- address of the show's feed, NULL for one episode
            heard TEXT NOT NULL,
            words TEXT NOT NULL,       -- the words of it, in lower case
            "right" TEXT NOT NULL,
            at REAL,                   -- second of the one place, NULL for everywhere
            CHECK ((episode_id IS NULL) != (feed IS NULL))
        ) STRICT;
CREATE INDEX correction_episode ON correction (episode_id);
CREATE INDEX correction_feed ON correction (feed);
CREATE TABLE review_pick (
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            id TEXT NOT NULL,          -- given by the page, the same for the same quotation
            topic TEXT NOT NULL,
            start REAL NOT NULL,
            "end" REAL NOT NULL,
            place REAL NOT NULL,       -- quotations of a topic stand in its order
            remark TEXT NOT NULL,
            PRIMARY KEY (episode_id, id)
        ) STRICT;
CREATE TABLE review_words (
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            place TEXT NOT NULL,       -- 'title', 'opening', 'practice:pain' …
            text TEXT NOT NULL,
            PRIMARY KEY (episode_id, place)
        ) STRICT;
COMMIT;
PRAGMA application_id = 1886348398;
PRAGMA user_version = 7;
